"""What the events of a review have led to, and what may come next. Pure: no clock, no storage.

The events are the truth; whatever else is stored of a review follows from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.errors import ServerError
from server.language import N_
from server.records import (
    ADVERSE,
    OPEN_STAGES,
    Decision,
    EventKind,
    How,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Stage,
    Verdict,
)
from server.reviews.panel import SEATS_MAX, Said, no_worse, settled

REASON_MIN_CHARS = 40
REASON_MAX_CHARS = 4_000
STATEMENT_MAX_CHARS = 4_000
STATEMENTS_MAX = 3
"""So often may the trainer speak before each decision."""


class NotAllowed(ServerError):  # noqa: N818 - what a review does not take is no fault of ours
    """This may not happen now; the text is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Where a review stands."""

    head: ReviewHead
    seats: int = 0
    """Reviewers who committed since it was opened or appealed."""
    votes: tuple[Said, ...] = ()
    asked: bool = False
    """The trainer was asked since it was opened or appealed."""
    statements: int = 0
    took_part: frozenset[bytes] = frozenset()
    """Whoever committed, in all of its life: none of them is asked again."""

    @property
    def open(self) -> bool:
        """Whether somebody's word is waited for."""
        return self.head.stage in OPEN_STAGES

    @property
    def heard(self) -> bool:
        """Whether the next reviewer reads something of the trainer."""
        return self.statements > 0 or self.head.appealed

    @property
    def appealable(self) -> bool:
        """Whether the trainer may appeal, while there is time."""
        return self.head.stage is Stage.DECIDED and self.head.due_us is not None


def state_of(events: Sequence[ReviewEvent], rules: ReviewRules) -> ReviewState:
    """Where the events lead; raises `NotAllowed` if they cannot have happened."""
    if not events or events[0].kind is not EventKind.OPENED:
        raise NotAllowed(N_("A review begins when it is opened."))
    opened_us = events[0].at_us
    head = ReviewHead(Stage.REVIEWER, opened_us + rules.decide_us, began_us=opened_us)
    state = ReviewState(head)
    for event in events[1:]:
        state = step(state, event, rules)
    return state


def step(state: ReviewState, event: ReviewEvent, rules: ReviewRules) -> ReviewState:
    """The state after one more event; raises `NotAllowed`."""
    match event.kind:
        case EventKind.COMMITTED:
            return _committed(state, event, rules)
        case EventKind.STATED:
            return _stated(state, event, rules)
        case EventKind.APPEALED:
            return _appealed(state, event, rules)
        case EventKind.LAPSED:
            return _lapsed(state, event, rules)
        case EventKind.CLOSED:
            return _closed(state, event, rules)
        case EventKind.OPENED:
            raise NotAllowed(N_("This review is open already."))


def overdue(state: ReviewState, now_us: int) -> bool:
    """Whether a deadline passed that something follows from."""
    due_us = state.head.due_us
    return state.open and due_us is not None and now_us >= due_us


def next_place(state: ReviewState, first: How) -> How:
    """How the session comes before the reviewer who is next."""
    if state.head.appealed:
        return How.APPEAL
    return (first, How.SECOND, How.THIRD)[min(state.seats, 2)]


def must_be_blind(state: ReviewState, rules: ReviewRules) -> bool:
    """Whether the next reviewer may see nothing but the evidence: all but a project's first."""
    return rules.blind_first or state.seats > 0 or state.head.appealed


def _committed(state: ReviewState, event: ReviewEvent, rules: ReviewRules) -> ReviewState:
    person, verdict = _checked(state, event, rules)
    after = replace(
        state,
        seats=state.seats + 1,
        took_part=state.took_part | {person},
        head=replace(state.head, senior=verdict is Verdict.ESCALATE),
    )
    if rules.control:
        return _ended(after, Stage.CLOSED)
    if verdict is Verdict.ASK_TRAINER and not state.asked:
        head = replace(after.head, stage=Stage.TRAINER, due_us=event.at_us + rules.answer_us)
        return replace(after, asked=True, head=head)
    if verdict in (*ADVERSE, Verdict.KEEP):
        after = replace(after, votes=(*after.votes, Said(verdict, event.spans_us)))
    return _settled(after, event, rules)


def _settled(after: ReviewState, event: ReviewEvent, rules: ReviewRules) -> ReviewState:
    found = settled(
        after.votes,
        last=after.seats >= SEATS_MAX,
        one_clears=not event.again and not after.head.appealed,
    )
    if found is None:
        return after
    before = after.head.decision
    if after.head.appealed and before is not None:
        found = no_worse(found, Said(before.verdict, before.spans_us))
    return _decided(after, Decision(found.verdict, event.at_us, found.spans_us), rules)


def _decided(state: ReviewState, decision: Decision, rules: ReviewRules) -> ReviewState:
    appealable = decision.verdict in ADVERSE and not state.head.appealed
    due_us = decision.decided_us + rules.decide_us if appealable else None
    ended = _ended(state, Stage.DECIDED)
    return replace(ended, head=replace(ended.head, decision=decision, due_us=due_us))


def _ended(state: ReviewState, stage: Stage) -> ReviewState:
    return replace(state, head=replace(state.head, stage=stage, due_us=None, senior=False))


def _checked(state: ReviewState, event: ReviewEvent, rules: ReviewRules) -> tuple[bytes, Verdict]:
    """Who commits to what, if it is taken."""
    if state.head.stage is not Stage.REVIEWER:
        raise NotAllowed(N_("This review waits for no reviewer."))
    if overdue(state, event.at_us):
        raise NotAllowed(N_("The time to decide is over; it was decided for the trainer."))
    if event.person is None or event.person in state.took_part:
        raise NotAllowed(N_("You gave your verdict on this session already; it is final."))
    if must_be_blind(state, rules) and not event.blind:
        raise NotAllowed(N_("A verdict that was not given blind does not count here."))
    if event.verdict is None or len((event.text or "").strip()) < REASON_MIN_CHARS:
        raise NotAllowed(
            N_("Give your reason in your own words, in at least %(least)s characters."),
            least=REASON_MIN_CHARS,
        )
    if any(start < 0 or end <= start for start, end in event.spans_us):
        raise NotAllowed(N_("A stretch ends after it begins, and begins at 0 or later."))
    return event.person, event.verdict


def _stated(state: ReviewState, event: ReviewEvent, rules: ReviewRules) -> ReviewState:
    if not state.open:
        raise NotAllowed(N_("This review is over; nothing waits for a statement."))
    if state.statements >= STATEMENTS_MAX:
        raise NotAllowed(N_("You gave %(most)s statements already."), most=STATEMENTS_MAX)
    said = replace(state, statements=state.statements + 1)
    return _answered(said, event.at_us, rules)


def _answered(state: ReviewState, at_us: int, rules: ReviewRules) -> ReviewState:
    due_us = state.head.due_us
    if state.head.stage is not Stage.TRAINER or due_us is None:
        return state
    answered_us = min(at_us, due_us)
    head = replace(state.head, stage=Stage.REVIEWER, due_us=answered_us + rules.decide_us)
    return replace(state, head=head)


def _appealed(state: ReviewState, event: ReviewEvent, rules: ReviewRules) -> ReviewState:
    if not state.appealable or state.head.due_us is None:
        raise NotAllowed(N_("There is no decision here that could be appealed against."))
    if event.at_us >= state.head.due_us:
        raise NotAllowed(N_("The time to appeal is over."))
    head = replace(
        state.head,
        stage=Stage.REVIEWER,
        due_us=event.at_us + rules.decide_us,
        appealed=True,
        began_us=event.at_us,
    )
    return replace(state, head=head, seats=0, votes=(), asked=False, statements=0)


def _lapsed(state: ReviewState, event: ReviewEvent, rules: ReviewRules) -> ReviewState:
    if not overdue(state, event.at_us):
        raise NotAllowed(N_("No deadline has passed."))
    if state.head.stage is Stage.TRAINER:
        # To say nothing admits nothing: the reviewers go on with what they have.
        return _answered(state, event.at_us, rules)
    if rules.control:
        return _ended(state, Stage.CLOSED)
    decision = Decision(Verdict.KEEP, event.at_us, by_silence=True)
    return _decided(state, decision, rules)


def _closed(state: ReviewState, event: ReviewEvent, rules: ReviewRules) -> ReviewState:
    if not state.open:
        raise NotAllowed(N_("This review is over."))
    if state.head.appealed:
        # Nobody looks at the appeal any more: it falls to the trainer, as after its deadline.
        return _decided(state, Decision(Verdict.KEEP, event.at_us, by_silence=True), rules)
    ended = _ended(state, Stage.CLOSED)
    return replace(ended, head=replace(ended.head, decision=None))
