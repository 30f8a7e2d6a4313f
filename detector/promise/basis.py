"""Which promise about false flags an assessment rests on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Rests(StrEnum):
    """What stands behind the bands."""

    SHIPPED = "shipped_figures"
    PLATFORM = "platform_promise"
    WITHDRAWN = "withdrawn"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Basis:
    """The promise an assessment rests on, in a word and in a sentence.

    Attributes:
        rests: what it rests on.
        sentence: what that promises, and to whom.
        threshold: what a flag has to exceed, see `flag_order`; 0 if no promise set any.
        rate: promised rate of flagged genuine sessions; None without a platform's promise.
        confidence: with which confidence.
    """

    rests: Rests
    sentence: str
    threshold: float = 0.0
    rate: float | None = None
    confidence: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "basis": str(self.rests),
            "sentence": self.sentence,
            "threshold": self.threshold,
            "rate": self.rate,
            "confidence": self.confidence,
        }


SHIPPED = Basis(
    Rests.SHIPPED,
    "No promise was made for this platform: the thresholds are the shipped ones, and how often "
    "they flag genuine work was measured on other people's essays.",
)
