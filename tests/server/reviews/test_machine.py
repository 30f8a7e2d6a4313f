"""Every path of a review ends, and none costs anybody anything that two people did not say."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.records import (
    ADVERSE,
    Decision,
    EventKind,
    How,
    ReviewEvent,
    ReviewRules,
    Spans,
    Stage,
    Verdict,
)
from server.reviews.machine import (
    STATEMENTS_MAX,
    NotAllowed,
    ReviewState,
    next_place,
    overdue,
    state_of,
    step,
)
from server.reviews.panel import SEATS_MAX

RULES = ReviewRules(answer_us=100, decide_us=1_000)
REASON = "The text appeared in one piece at minute four, and nothing was typed."
OPENED = ReviewEvent(EventKind.OPENED, 0)
KEEP, EXCLUDE, REJECT = Verdict.KEEP, Verdict.EXCLUDE_DATA, Verdict.REJECT_PAY
ASK, ESCALATE = Verdict.ASK_TRAINER, Verdict.ESCALATE


def person(number: int) -> bytes:
    return bytes([number]) * 16


def said(
    number: int, verdict: Verdict, at_us: int = 1, spans: Spans = (), *, again: bool = False
) -> ReviewEvent:
    return ReviewEvent(
        EventKind.COMMITTED,
        at_us,
        person(number),
        verdict,
        spans,
        REASON,
        blind=True,
        again=again,
    )


def stated(at_us: int) -> ReviewEvent:
    return ReviewEvent(EventKind.STATED, at_us, person(99), text="I wrote it myself.")


def appealed(at_us: int) -> ReviewEvent:
    return ReviewEvent(EventKind.APPEALED, at_us, person(99), text="I wrote it myself.")


def lapsed(at_us: int) -> ReviewEvent:
    return ReviewEvent(EventKind.LAPSED, at_us)


def after(*events: ReviewEvent, rules: ReviewRules = RULES) -> ReviewState:
    return state_of([OPENED, *events], rules)


def decided(state: ReviewState) -> tuple[Verdict, Spans] | None:
    found = state.head.decision
    return (found.verdict, found.spans_us) if found and not state.open else None


attempts = st.lists(
    st.tuples(
        st.sampled_from([kind for kind in EventKind if kind is not EventKind.OPENED]),
        st.integers(1, 400),
        st.integers(1, 8),
        st.sampled_from(list(Verdict)),
        st.sampled_from([(), ((0, 10),), ((5, 20),), ((30, 40), (50, 60))]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=25,
)
rules_of = st.builds(
    ReviewRules,
    answer_us=st.integers(1, 300),
    decide_us=st.integers(1, 600),
    blind_first=st.booleans(),
    control=st.booleans(),
)


def followed(tried: Sequence[tuple[object, ...]], rules: ReviewRules) -> list[ReviewEvent]:
    """Those of the attempts that a review takes, one after the other."""
    events = [OPENED]
    now_us = 0
    for kind, later_us, number, verdict, spans, blind, again in tried:
        assert isinstance(kind, EventKind)
        assert isinstance(later_us, int)
        assert isinstance(number, int)
        now_us += later_us
        event = replace(said(number, KEEP, now_us), kind=kind, blind=bool(blind))
        if kind is EventKind.COMMITTED:
            assert isinstance(verdict, Verdict)
            assert isinstance(spans, tuple)
            event = replace(event, verdict=verdict, spans_us=spans, again=bool(again))
        try:
            state_of([*events, event], rules)
        except NotAllowed:
            continue
        events.append(event)
    return events


@settings(max_examples=80, deadline=None)
@given(attempts, rules_of)
def test_every_path_ends_for_the_trainer_or_by_two_who_agree(
    tried: list[tuple[object, ...]], rules: ReviewRules
) -> None:
    events = followed(tried, rules)
    state = state_of(events, rules)
    lapses = 0
    while state.open:
        assert state.head.due_us is not None
        events.append(lapsed(max(state.head.due_us, events[-1].at_us)))
        state, lapses = state_of(events, rules), lapses + 1
        assert lapses <= 2, "silence does not end it"
    check_end(events, state, rules)


def check_end(events: list[ReviewEvent], state: ReviewState, rules: ReviewRules) -> None:
    spoke = [event for event in events if event.kind is EventKind.COMMITTED]
    assert len({event.person for event in spoke}) == len(spoke)
    blind = spoke if rules.blind_first else spoke[1:]
    assert all(event.blind for event in blind), "somebody had seen more than the evidence"
    assert len(spoke) <= 2 * SEATS_MAX
    found = state.head.decision
    if state.head.stage is Stage.CLOSED:
        assert found is None
        return
    assert found is not None
    if found.by_silence:
        assert found.verdict is KEEP
    assert found.verdict in (KEEP, EXCLUDE, REJECT)
    if found.verdict in ADVERSE:
        check_agreed(spoke, found.verdict, found.spans_us)


def check_agreed(spoke: list[ReviewEvent], verdict: Verdict, spans: Spans) -> None:
    same = [event.spans_us for event in spoke if event.verdict in ADVERSE]
    exactly = [event for event in spoke if event.verdict is verdict]
    assert len(exactly) >= 2, "fewer than two said this"
    for start, end in spans or ((0, 1),):
        for moment in range(start, end):
            covered = [one for one in same if not one or any(s <= moment < e for s, e in one)]
            assert len(covered) >= 2, "fewer than two said it of this moment"


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ([said(1, KEEP)], (KEEP, ())),
        ([said(1, KEEP, again=True)], None),
        ([said(1, KEEP, again=True), said(2, KEEP)], (KEEP, ())),
        ([said(1, KEEP, again=True), said(2, REJECT)], None),
        ([said(1, REJECT)], None),
        ([said(1, REJECT), said(2, REJECT)], (REJECT, ())),
        ([said(1, REJECT), said(2, KEEP)], None),
        ([said(1, REJECT), said(2, EXCLUDE)], None),
        ([said(1, REJECT), said(2, EXCLUDE), said(3, KEEP)], (KEEP, ())),
        ([said(1, REJECT), said(2, EXCLUDE), said(3, EXCLUDE)], (EXCLUDE, ())),
        ([said(1, REJECT), said(2, KEEP), said(3, REJECT)], (REJECT, ())),
        ([said(1, REJECT), said(2, KEEP), said(3, KEEP)], (KEEP, ())),
        ([said(1, ESCALATE), said(2, REJECT)], None),
        ([said(1, ESCALATE), said(2, KEEP)], (KEEP, ())),
        ([said(n, ESCALATE) for n in range(SEATS_MAX)], (KEEP, ())),
    ],
)
def test_what_verdicts_come_to(
    events: list[ReviewEvent], outcome: tuple[Verdict, Spans] | None
) -> None:
    assert decided(after(*events)) == outcome


def test_a_cost_is_of_the_minutes_that_two_named() -> None:
    first = said(1, REJECT, spans=((0, 10), (20, 30)))
    assert decided(after(first, said(2, REJECT, spans=((5, 25),)))) == (REJECT, ((5, 10), (20, 25)))
    assert decided(after(first, said(2, REJECT))) == (REJECT, ((0, 10), (20, 30)))
    apart = after(first, said(2, REJECT, spans=((12, 15),)))
    assert apart.open
    third = said(3, REJECT, spans=((14, 22),))
    assert decided(step(apart, third, RULES)) == (REJECT, ((14, 15), (20, 22)))


def test_reviewers_who_are_silent_clear_the_trainer() -> None:
    state = after(said(1, REJECT), lapsed(1_000))
    assert state.head.decision is not None
    assert (state.head.decision.verdict, state.head.decision.by_silence) == (KEEP, True)
    with pytest.raises(NotAllowed, match="decided for the trainer"):
        after(said(1, REJECT), said(2, REJECT, 1_000))
    with pytest.raises(NotAllowed, match="No deadline"):
        after(lapsed(999))


def test_a_trainer_who_is_silent_admits_nothing() -> None:
    asked = after(said(1, ASK, 50))
    assert (asked.head.stage, asked.head.due_us) == (Stage.TRAINER, 150)
    with pytest.raises(NotAllowed, match="waits for no reviewer"):
        after(said(1, ASK, 50), said(2, REJECT, 60))
    silent = after(said(1, ASK, 50), lapsed(170))
    assert (silent.head.stage, silent.head.due_us, silent.votes) == (Stage.REVIEWER, 1_150, ())
    assert not silent.heard
    assert decided(step(silent, said(2, KEEP, 200), RULES)) == (KEEP, ())


def test_an_answer_gives_the_reviewers_their_time_anew() -> None:
    answered = after(said(1, ASK, 50), stated(80))
    assert (answered.head.stage, answered.head.due_us) == (Stage.REVIEWER, 1_080)
    assert answered.heard
    twice = step(answered, said(2, ASK, 90), RULES)
    assert twice.head.stage is Stage.REVIEWER, "the trainer is asked once"


def test_a_trainer_may_speak_unasked_and_not_without_end() -> None:
    state = after(*(stated(at) for at in range(1, STATEMENTS_MAX + 1)))
    assert (state.head.due_us, state.heard) == (1_000, True)
    with pytest.raises(NotAllowed, match="statements already"):
        step(state, stated(9), RULES)
    with pytest.raises(NotAllowed, match="over"):
        after(said(1, KEEP), stated(9))


def test_an_appeal_is_heard_by_others_within_its_time() -> None:
    rejected = [said(1, REJECT, 10, ((0, 10),)), said(2, REJECT, 20)]
    assert after(*rejected).head.due_us == 1_020
    with pytest.raises(NotAllowed, match="time to appeal is over"):
        after(*rejected, appealed(1_020))
    waiting = after(*rejected, appealed(1_019))
    assert next_place(waiting, How.FLAG) is How.APPEAL
    with pytest.raises(NotAllowed, match="already"):
        step(waiting, said(1, KEEP, 1_100), RULES)
    one = step(waiting, said(3, KEEP, 1_100), RULES)
    assert one.open, "two decide an appeal, either way"
    assert decided(step(one, said(4, KEEP, 1_101), RULES)) == (KEEP, ())
    upheld = step(step(waiting, said(3, REJECT, 1_100), RULES), said(4, REJECT, 1_101), RULES)
    assert decided(upheld) == (REJECT, ((0, 10),)), "never more than was decided before"
    with pytest.raises(NotAllowed, match="no decision here"):
        step(upheld, appealed(1_102), RULES)
    silent = step(waiting, lapsed(3_000), RULES)
    assert decided(silent) == (KEEP, ())


def test_an_appeal_is_never_for_the_worse() -> None:
    excluded = [said(1, EXCLUDE, 10), said(2, EXCLUDE, 20), appealed(30)]
    state = after(*excluded, said(3, REJECT, 40), said(4, REJECT, 50))
    assert decided(state) == (EXCLUDE, ())
    parts = [said(1, REJECT, 1, ((0, 10),)), said(2, REJECT, 2, ((0, 10),)), appealed(3)]
    elsewhere = [said(3, REJECT, 4, ((20, 30),)), said(4, REJECT, 5, ((20, 30),))]
    assert decided(after(*parts, *elsewhere)) == (KEEP, ())


def test_nobody_is_decided_about_without_a_reason_or_twice_or_in_the_light() -> None:
    for wrong, why in (
        (replace(said(1, REJECT), text="copied"), "at least 40 characters"),
        (replace(said(1, REJECT), text=" " * 80), "own words"),
        (replace(said(1, REJECT), blind=False), "not given blind"),
        (replace(said(1, REJECT), spans_us=((5, 5),)), "ends after it begins"),
    ):
        with pytest.raises(NotAllowed, match=why):
            after(wrong)
    seen = replace(said(1, REJECT), blind=False)
    lifted = replace(RULES, blind_first=False)
    assert after(seen, rules=lifted).seats == 1
    with pytest.raises(NotAllowed, match="not given blind"):
        after(seen, replace(said(2, REJECT), blind=False), rules=lifted)
    assert not seen.may_evaluate
    assert said(1, REJECT).may_evaluate
    assert not replace(said(1, REJECT), heard=True).may_evaluate


def test_what_is_closed_leaves_no_decision() -> None:
    gone = ReviewEvent(EventKind.CLOSED, 5)
    for events in ([gone], [said(1, REJECT), gone]):
        state = after(*events)
        assert (state.head.stage, state.head.decision) == (Stage.CLOSED, None)
    with pytest.raises(NotAllowed, match="over"):
        after(gone, gone)


def test_an_appeal_that_is_closed_falls_to_the_trainer() -> None:
    gone = ReviewEvent(EventKind.CLOSED, 5)
    state = after(said(1, REJECT, 1), said(2, REJECT, 2), appealed(3), gone)
    assert state.head.decision == Decision(KEEP, 5, by_silence=True)
    assert (state.head.stage, state.head.due_us) == (Stage.DECIDED, None)


def test_a_control_session_ends_with_one_verdict_and_decides_nothing() -> None:
    control = replace(RULES, control=True)
    for event in (said(1, REJECT), said(1, ASK), lapsed(1_000)):
        state = after(event, rules=control)
        assert (state.head.stage, state.head.decision) == (Stage.CLOSED, None)


def test_escalating_asks_a_lead_next_and_only_next() -> None:
    escalated = after(said(1, ESCALATE))
    assert escalated.head.senior
    assert not step(escalated, said(2, REJECT), RULES).head.senior


def test_a_review_opens_once_and_first() -> None:
    with pytest.raises(NotAllowed):
        state_of([], RULES)
    with pytest.raises(NotAllowed):
        after(OPENED)
    assert not overdue(after(), 999)
    assert [next_place(after(*[said(n, REJECT)][:n]), How.FLAG) for n in (0, 1)] == [
        How.FLAG,
        How.SECOND,
    ]
