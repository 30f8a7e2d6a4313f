"""What people decide of a session, and the reviews that lead there."""

from dataclasses import dataclass
from enum import StrEnum

from server.records.hours import HOLD_MAX_US

DAY_US = 24 * 3600 * 1_000_000


class Verdict(StrEnum):
    """What a reviewer says; the design's five, and no other."""

    KEEP = "keep"
    ASK_TRAINER = "ask-the-trainer"
    EXCLUDE_DATA = "exclude-the-data"
    REJECT_PAY = "reject-the-pay"
    ESCALATE = "escalate"


ADVERSE = frozenset({Verdict.EXCLUDE_DATA, Verdict.REJECT_PAY})
"""Verdicts that cost the trainer something: each needs a reason and a second reviewer."""
Spans = tuple[tuple[int, int], ...]
"""Stretches of session time in microseconds; none: the whole session."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What stands at the end of a review: by people, or for the trainer because nobody spoke."""

    verdict: Verdict
    decided_us: int
    spans_us: Spans = ()
    """The stretches of session time that it is about; none: the whole session."""
    by_silence: bool = False
    """A deadline passed, and it fell to the trainer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands between its assessment and its decision."""

    under_review: bool
    """A review or an appeal is open. A random check is none: nobody suspects anything."""
    decision: Decision | None
    """The newest decision in force; an appeal that is open leaves it standing."""
    nobody_decides: bool = False
    """Nothing is decided and nothing will be: its review was closed, or the trainer has left."""


NOT_ASKED = Standing(under_review=False, decision=None)


class How(StrEnum):
    """How a session came before a reviewer."""

    FLAG = "flag"
    RANDOM = "random"
    """Not flagged: drawn, so that what the detector misses is seen too."""
    COMPANY = "company"
    """Not flagged: drawn beside a session that somebody doubts, so that being asked for a second
    look reveals nothing. It says nothing of the person, and counts for no figure of the detector.
    """
    CONTROL = "control"
    """How it was made is known; what is said of it says something about the reviewers."""
    SECOND = "second"
    THIRD = "third"
    APPEAL = "appeal"


class Truth(StrEnum):
    """How a control session was made, as whoever made it says."""

    GENUINE = "genuine"
    PASTED = "pasted"
    RETYPED = "retyped"


UNASKED = frozenset({How.RANDOM, How.COMPANY})
"""Opened without any suspicion."""


class Stage(StrEnum):
    """Whose turn it is."""

    REVIEWER = "reviewer"
    TRAINER = "trainer"
    DECIDED = "decided"
    CLOSED = "closed"
    """Ended without a decision."""


OPEN_STAGES = frozenset({Stage.REVIEWER, Stage.TRAINER})


class EventKind(StrEnum):
    """One kind of thing that happens in a review."""

    OPENED = "opened"
    COMMITTED = "committed"
    STATED = "stated"
    APPEALED = "appealed"
    LAPSED = "lapsed"
    """A deadline passed."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One thing that happened in a review. Only ever added."""

    kind: EventKind
    at_us: int
    person: bytes | None = None
    """Who committed, stated or appealed."""
    verdict: Verdict | None = None
    spans_us: Spans = ()
    text: str | None = None
    """A reviewer's reason, or what the trainer says; None also once it was forgotten."""
    blind: bool = False
    """The verdict was made before its reviewer saw score, name or another's verdict."""
    heard: bool = False
    """The reviewer had read a statement of the trainer."""
    how: How | None = None
    """How the session came before this reviewer."""
    selected_with: float | None = None
    """The probability with which a session of its kind comes before this reviewer."""
    again: bool = False
    """After a first verdict that clears: a second review was drawn."""
    again_with: float | None = None
    """The probability with which it was drawn for; None: nothing was drawn."""

    @property
    def may_evaluate(self) -> bool:
        """Whether the verdict may be held against the detector's: independent of it."""
        return self.kind is EventKind.COMMITTED and self.blind and not self.heard


@dataclass(frozen=True, slots=True)
class PayWaits:
    """Pay that a verdict holds back until the decision."""

    spans_us: Spans
    lapses_us: int
    """When it falls to the trainer, if nothing is decided."""
    hold_us: int = HOLD_MAX_US
    """At the latest so long after the first hold in force."""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """What holds for one review: taken from the policy when it was opened, and never changed."""

    answer_us: int
    """So long has the trainer to answer."""
    decide_us: int
    """So long have the reviewers to decide, and the trainer to appeal."""
    second_share: float = 0.3
    blind_first: bool = True
    control: bool = False
    hold_us: int = HOLD_MAX_US
    """So long may pay be held back, at most."""


@dataclass(frozen=True, slots=True)
class NewReview:
    """What opens a review."""

    how: How
    selected_with: float
    probability: float | None
    """The detector's, when it was opened. No reviewer is shown it."""
    stake: float
    """Weight x minutes: what orders the queue."""
    rules: ReviewRules
    with_control: bool = False
    """Open the review of a control session beside it, if there is one."""
    began_us: int | None = None
    """Since when it stands in the queue, if not since it was opened."""


@dataclass(frozen=True, slots=True)
class Company:
    """A session that nobody doubts, to be reviewed beside one that somebody does."""

    session_row: int
    new: NewReview


@dataclass(frozen=True, slots=True)
class ReviewHead:
    """Where the events of a review have led."""

    stage: Stage
    due_us: int | None
    """When silence decides; None: nothing waits."""
    decision: Decision | None = None
    """In force."""
    appealed: bool = False
    senior: bool = False
    """The next reviewer has to be a lead: somebody could not judge it."""
    began_us: int = 0
    """When the review or its appeal began to wait for reviewers."""


@dataclass(frozen=True, slots=True)
class StoredReview:
    """A review as it stands."""

    row: int
    id: bytes
    """Random: it names neither the session nor anybody."""
    session_row: int | None
    """None: the person was erased, and the review is kept for what it says about reviews."""
    session: bytes | None
    trainer: bytes | None
    how: How
    selected_with: float
    probability: float | None
    stake: float
    rules: ReviewRules
    opened_us: int
    head: ReviewHead
    claimed_by: bytes | None
    claimed_until_us: int
    events: tuple[ReviewEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """What an organisation's draws rest on."""

    seed: bytes
    """Random, made once: whoever does not hold it cannot foresee a draw."""
    control_share: float
    """So many reviews of control sessions are opened for each other review."""


@dataclass(frozen=True, slots=True)
class SecondReviews:
    """Second reviews that were asked for lately, with the company that they were given."""

    of_cleared: int
    """Of sessions that the first reviewer cleared, and company: sessions that nobody doubts."""
    all: int


@dataclass(frozen=True, slots=True)
class Made:
    """What its maker said of a control session besides how the text came in."""

    language: str | None = None
    """Tag of the language that was written in, such as `it`."""
    input_mode: str | None = None
    """How it was typed: `keyboard`, `ime`, `dictation`, or another word."""


NOT_SAID = Made()


@dataclass(frozen=True, slots=True)
class ControlSession:
    """A session of which is known how it was made."""

    session_row: int
    session: bytes
    truth: Truth
    marked_us: int
    band: str | None
    """What the detector found; None until scored."""
    system: str = ""
    """The operating system of its device, as the agent names it."""
    made: Made = NOT_SAID
