"""Which label a reviewed session carries, and how far it may be trusted. Pure.

Only what people say labels a session: a control's maker, or a decision by reviewers. Silence is
no word, and a session that is under review, held or excluded for other reasons has no label.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.records import ADVERSE, EventKind, How, ReviewEvent, Stage, StoredReview, Truth, Verdict
from server.scoring.assessments import Assessed

WEIGHT_MAX = 10.0
"""A session drawn with 1 in 100 stands for a hundred like it; a fit would follow single ones."""


class Source(StrEnum):
    """Whose word the label is."""

    CONTROL = "control"
    """Whoever made the session said before how they would."""
    DECISION = "decision"
    """Reviewers agreed."""
    APPEAL = "appeal"
    """Reviewers of an appeal, after an adverse decision."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a session is, by whose word, and how it came before them."""

    label: str
    """`genuine`, `retyped`, `synthetic` or `pasted`: words that the detector's tables know."""
    source: Source
    how: How
    selected_with: float
    decided_us: int
    may_evaluate: bool
    """Whether every verdict behind it was made without the detector's: blind, before any score."""

    @property
    def weight(self) -> float:
        """For how many sessions like it it stands, as far as a fit should believe that."""
        return min(1 / self.selected_with, WEIGHT_MAX)


def label_of_control(truth: Truth, marked_us: int) -> Label:
    """The label of a control session; nobody selected it, so it stands for itself."""
    return Label(truth.value, Source.CONTROL, How.CONTROL, 1.0, marked_us, may_evaluate=True)


def label_of_review(review: StoredReview, assessed: Assessed | None) -> Label | None:
    """The label that a decided review gives; None where people did not say what the session is.

    Args:
        review: with its events.
        assessed: what was published of the session when it was reviewed: it says by which way the
            text is thought to have come, which an adverse decision confirms.
    """
    decision = review.head.decision
    if review.head.stage is not Stage.DECIDED or decision is None or decision.by_silence:
        return None
    label = "genuine" if decision.verdict is Verdict.KEEP else None
    if decision.verdict in ADVERSE and assessed is not None:
        label = _way_of(assessed)
    verdicts = [event for event in review.events if event.kind is EventKind.COMMITTED]
    if label is None or not verdicts:
        return None
    return Label(
        label,
        Source.APPEAL if review.head.appealed else Source.DECISION,
        review.how,
        review.selected_with,
        decision.decided_us,
        may_evaluate=all(_independent(event) for event in verdicts),
    )


def _independent(event: ReviewEvent) -> bool:
    return event.may_evaluate


def _way_of(assessed: Assessed) -> str | None:
    """The most probable way but composing; None where the detector named none."""
    words = {"transcription": "retyped", "synthetic": "synthetic", "insertion": "pasted"}
    named = {kind: share for kind, share in assessed.kinds.items() if kind in words}
    if not named or max(named.values()) <= 0:
        return None
    return words[max(named, key=lambda kind: named[kind])]
