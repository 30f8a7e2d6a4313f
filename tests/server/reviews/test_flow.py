"""From the flag to the end, by the people who take part."""

from dataclasses import replace

import pytest

from server.errors import Refusal
from server.records import (
    DAY_US,
    EventKind,
    Happened,
    How,
    NewReview,
    Person,
    ReviewRules,
    Role,
    Stage,
    Standing,
    Truth,
    Verdict,
)
from server.reviews.answering import Answering
from server.reviews.deadlines import ReviewDeadlines
from server.reviews.reviewing import CLAIM_US, GIVEN_BACK_MAX, Reviewing
from server.services.asking import Asker, person_asking
from tests.server.house import House
from tests.server.reviews.conftest import Joining, SessionOf

RULES = ReviewRules(7 * DAY_US, 14 * DAY_US)
FLAG = NewReview(How.FLAG, 1.0, 0.97, 60.0, RULES)
REASON = "At minute four 900 characters appear at once, from an assistant's window."
KEEP, REJECT, ASK = Verdict.KEEP, Verdict.REJECT_PAY, Verdict.ASK_TRAINER


class Court:
    """Everybody who takes part in one review."""

    def __init__(self, house: House, people: list[Person], session_row: int) -> None:
        store = house.installation.store
        self.own = house.own
        self.reviewing, self.answering = Reviewing(store), Answering(store)
        self.deadlines = ReviewDeadlines(store)
        self.reviewers = [person_asking(store, person) for person in people]
        self.trainer = person_asking(store, house.trainer)
        self.session_row = session_row
        row = house.own.open_review(session_row, FLAG, 0)
        review = house.own.review_numbered(row or 0)
        assert review is not None
        self.id = review.id

    def say(
        self, at: int, verdict: Verdict, now_us: int = 5, spans: tuple[tuple[int, int], ...] = ()
    ) -> None:
        asker = self.reviewers[at]
        assert self.reviewing.take(asker, now_us) == self.id
        self.reviewing.commit(asker, self.id.hex(), verdict, spans, REASON, now_us)

    @property
    def standing(self) -> Standing:
        return self.own.standing(self.session_row)

    @property
    def decided(self) -> Verdict | None:
        return self.standing.decision.verdict if self.standing.decision else None

    def held(self) -> list[tuple[int, int]]:
        holds = self.own.holds(self.session_row)
        return [(hold.start_us, hold.end_us) for hold in holds if hold.ended_us is None]

    def told(self) -> list[Happened]:
        return [one.kind for one in self.own.announcements(0, 99)]


@pytest.fixture
def court(house: House, session_of: SessionOf, joining: Joining) -> Court:
    more = [joining(f"Reviewer {n}", Role.AUDITOR) for n in range(4)]
    return Court(house, [house.auditor, *more], session_of(house.trainer).row)


def refused(said: object) -> str:
    assert isinstance(said, pytest.ExceptionInfo)
    return str(said.value)


def test_pay_waits_from_a_persons_word_to_the_decision(court: Court) -> None:
    assert court.held() == [], "a flag holds nothing"
    court.say(0, REJECT, spans=((10, 20),))
    assert court.held() == [(10, 20)]
    court.say(1, REJECT, spans=((0, 15),))
    assert court.held() == []
    assert court.standing.decision is not None
    assert court.standing.decision.spans_us == ((10, 15),)
    assert court.told() == [Happened.REVIEW_OPENED, Happened.REVIEW_DECIDED]


def test_an_appeal_is_decided_by_people_who_had_no_part(court: Court) -> None:
    court.say(0, REJECT)
    court.say(1, KEEP)
    court.say(2, REJECT)
    assert court.decided is REJECT
    own = court.answering.one(court.trainer, court.id.hex(), 6)
    assert (own.may_state, own.may_appeal) == (False, True)
    late = 5 + RULES.decide_us
    with pytest.raises(Refusal, match="time to appeal is over"):
        court.answering.appeal(court.trainer, court.id.hex(), "It was me.", late)
    assert not court.answering.one(court.trainer, court.id.hex(), late).may_appeal
    court.answering.appeal(court.trainer, court.id.hex(), "It was me.", late - 1)
    assert court.standing == Standing(under_review=True, decision=court.standing.decision)
    assert [court.reviewing.take(court.reviewers[at], late) for at in range(3)] == [None] * 3
    court.say(3, KEEP, late)
    court.say(4, KEEP, late)
    assert (court.decided, court.standing.under_review) == (KEEP, False)
    assert court.told()[-2:] == [Happened.APPEAL_OPENED, Happened.APPEAL_DECIDED]
    assert court.held() == []


def test_a_trainer_who_is_asked_is_read_by_the_next(court: Court) -> None:
    court.say(0, ASK)
    assert court.told()[-1] is Happened.STATEMENT_ASKED
    assert court.reviewing.take(court.reviewers[1], 6) is None
    assert court.answering.one(court.trainer, court.id.hex(), 6).may_state
    court.answering.state(court.trainer, court.id.hex(), " I typed it from my notes. ", 7)
    assert court.reviewing.take(court.reviewers[1], 8) == court.id
    shown = court.reviewing.held(court.reviewers[1], court.id.hex())
    assert (shown.statements, shown.named) == (("I typed it from my notes.",), False)
    court.reviewing.commit(court.reviewers[1], court.id.hex(), REJECT, (), REASON, 9)
    review = court.own.review(court.id)
    assert review is not None
    said = [one for one in review.events if one.kind is EventKind.COMMITTED]
    assert [(one.how, one.blind, one.heard) for one in said] == [
        (How.FLAG, True, False),
        (How.SECOND, True, True),
    ]
    assert [one.may_evaluate for one in said] == [True, False]


def test_silence_is_never_against_the_trainer(court: Court) -> None:
    court.say(0, ASK)
    due_us = 5 + RULES.answer_us
    assert not court.deadlines.do_next(6)
    assert court.deadlines.do_next(due_us - DAY_US), "a notice before"
    assert not court.deadlines.do_next(due_us - DAY_US)
    assert court.deadlines.do_next(due_us)
    court.say(1, REJECT, due_us)
    end_us = due_us + RULES.decide_us
    assert court.held() != []
    assert court.deadlines.do_next(end_us)
    assert court.standing.decision is not None
    assert (court.decided, court.standing.decision.by_silence) == (KEEP, True)
    assert court.held() == []
    assert not court.deadlines.do_next(end_us + 1)
    assert court.told().count(Happened.DEADLINE_NEAR) == 1


def test_what_another_node_ended_first_is_no_trouble(court: Court, house: House) -> None:
    stale = house.own.review(court.id)
    assert stale is not None
    assert court.deadlines.do_next(RULES.decide_us)
    before = court.standing
    assert not court.deadlines._lapse(house.own, stale.row, RULES.decide_us)
    assert not court.deadlines._lapse(house.own, 404, RULES.decide_us)
    assert court.standing == before


def test_a_verdict_is_final_and_shows_everything_only_after(court: Court, house: House) -> None:
    asker = court.reviewers[0]
    session = house.own.session_numbered(court.session_row)
    assert session is not None
    with pytest.raises(Refusal):
        court.reviewing.committed(asker, court.id.hex())
    assert court.reviewing.take(asker, 1) == court.id
    assert court.reviewing.take(asker, 2) == court.id, "one at a time"
    assert house.own.line(session.id, asker.sight) is None
    with pytest.raises(Refusal, match="at least 40"):
        court.reviewing.commit(asker, court.id.hex(), REJECT, (), "copied", 3)
    with pytest.raises(Refusal, match="at most 20 stretches"):
        court.reviewing.commit(asker, court.id.hex(), REJECT, ((0, 1),) * 21, REASON, 3)
    court.reviewing.commit(asker, court.id.hex(), REJECT, (), REASON, 3)
    with pytest.raises(Refusal):
        court.reviewing.commit(asker, court.id.hex(), KEEP, (), REASON, 4)
    found = court.reviewing.committed(asker, court.id.hex())
    assert (found.review.id, found.whole, found.next_id) == (court.id, True, None)
    assert house.own.line(session.id, asker.sight) is not None
    queue = court.reviewing.queue(asker, 5)
    assert (queue.waiting, queue.held, [one.id for one in queue.done]) == (1, [], [court.id])
    assert queue.done_today == 1


def test_a_claim_that_lapsed_counts_until_somebody_else_takes_it(court: Court) -> None:
    first, second = court.reviewers[:2]
    assert court.reviewing.take(first, 1) == court.id
    assert court.reviewing.take(second, CLAIM_US) is None
    assert court.reviewing.take(second, CLAIM_US + 1) == court.id
    with pytest.raises(Refusal, match="lapsed"):
        court.reviewing.commit(first, court.id.hex(), REJECT, (), REASON, CLAIM_US + 2)
    court.reviewing.release(second, court.id.hex(), CLAIM_US + 3)
    assert court.reviewing.take(second, CLAIM_US + 4) is None
    with pytest.raises(Refusal):
        court.reviewing.release(second, court.id.hex(), CLAIM_US + 5)


def test_nobody_looks_through_the_queue_by_giving_back(
    court: Court, session_of: SessionOf, house: House
) -> None:
    for _ in range(GIVEN_BACK_MAX):
        court.own.open_review(session_of(house.trainer).row, FLAG, 0)
    asker = court.reviewers[0]
    for _ in range(GIVEN_BACK_MAX):
        taken = court.reviewing.take(asker, 1)
        assert taken is not None
        court.reviewing.release(asker, taken.hex(), 2)
    with pytest.raises(Refusal, match="go on tomorrow"):
        court.reviewing.take(asker, 3)
    assert court.reviewing.take(asker, DAY_US + 3) is not None


def test_whoever_saw_the_session_meanwhile_has_no_verdict(court: Court) -> None:
    asker = court.reviewers[0]
    assert court.reviewing.take(asker, 1) == court.id
    assert asker.person is not None
    court.own.note_seen(court.session_row, asker.person, 2)
    with pytest.raises(Refusal, match="saw this session in full"):
        court.reviewing.commit(asker, court.id.hex(), KEEP, (), REASON, 3)


def test_nobody_but_reviewers_reviews_and_nobody_but_the_trainer_answers(
    court: Court, house: House
) -> None:
    boss = Asker(court.trainer.organisation, "x", Role.ADMIN, house.other.id)
    key = Asker(court.trainer.organisation, "key:1", None)
    for asker in (court.trainer, boss, key):
        with pytest.raises(Refusal):
            court.reviewing.take(asker, 1)
    for asker in (court.reviewers[0], person_asking(house.installation.store, house.other), key):
        with pytest.raises(Refusal):
            court.answering.state(asker, court.id.hex(), "Mine.", 1)
    for said in ("", " ", "x" * 4_001):
        with pytest.raises(Refusal, match="Write something"):
            court.answering.state(court.trainer, court.id.hex(), said, 1)
    assert [one.id for one in court.answering.mine(court.trainer)] == [court.id]


def test_at_least_three_in_ten_second_reviews_are_of_cleared_sessions(
    court: Court, session_of: SessionOf, house: House
) -> None:
    for number in range(16):
        court.own.open_review(session_of(house.trainer).row, replace(FLAG, stake=1.0), 0)
        verdict = REJECT if number % 2 else KEEP
        asker = court.reviewers[0]
        taken = court.reviewing.take(asker, 5)
        assert taken is not None
        court.reviewing.commit(asker, taken.hex(), verdict, (), REASON, 5)
    lately = court.own.second_reviews(200)
    assert lately.of_cleared >= 0.3 * lately.all
    assert lately.all < 16, "not every cleared session is looked at twice"
    drawn = [
        event
        for review in court.own.committed_reviews(0, 99)
        for event in review.events
        if event.again
    ]
    assert all(event.again_with in (0.3, 1.0) for event in drawn)


def test_a_control_is_reviewed_like_any_other_and_decides_nothing(
    court: Court, house: House, session_of: SessionOf
) -> None:
    row = session_of(house.other).row
    assert court.own.mark_control(row, Truth.PASTED, "x", 1)
    control = replace(FLAG, how=How.CONTROL, stake=99.0)
    assert court.own.open_review(row, control, 1) is not None
    asker = court.reviewers[0]
    taken = court.reviewing.take(asker, 5)
    assert taken not in (None, court.id)
    assert taken is not None
    court.reviewing.commit(asker, taken.hex(), REJECT, (), REASON, 5)
    assert (court.own.holds(row), court.own.standing(row).decision) == ([], None)
    assert court.told() == [Happened.REVIEW_OPENED]
    other = person_asking(house.installation.store, house.other)
    with pytest.raises(Refusal):
        court.answering.one(other, taken.hex(), 6)
    review = court.own.review(taken)
    assert review is not None
    assert review.head.stage is Stage.CLOSED
