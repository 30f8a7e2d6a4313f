"""What people decide of a session."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a reviewer says; the design's five, and no other."""

    KEEP = "keep"
    ASK_TRAINER = "ask-the-trainer"
    EXCLUDE_DATA = "exclude-the-data"
    REJECT_PAY = "reject-the-pay"
    ESCALATE = "escalate"


ADVERSE = frozenset({Verdict.EXCLUDE_DATA, Verdict.REJECT_PAY})
"""Verdicts that cost the trainer something: each needs a reason and a second reviewer."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What stands at the end of a review: by people, or for the trainer because nobody spoke."""

    verdict: Verdict
    decided_us: int
    spans_us: tuple[tuple[int, int], ...] = ()
    """The stretches of session time that it is about; none: the whole session."""
    by_silence: bool = False
    """A deadline passed, and it fell to the trainer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands between its assessment and its decision."""

    under_review: bool
    """A review or an appeal is open."""
    decision: Decision | None
    """The newest decision in force; an appeal that is open leaves it standing."""


NOT_ASKED = Standing(under_review=False, decision=None)
