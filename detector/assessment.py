"""The detector's output: one assessment of one session, as frozen values."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from detector.alignment import Passage
from detector.promise.basis import SHIPPED, Basis
from detector.reasons import Code, Reason
from detector.submitted import SubmittedText


class Band(StrEnum):
    """What an assessment comes to."""

    CONSISTENT = "consistent"
    REVIEW = "review"
    STRONG = "strong"
    CANNOT_DETERMINE = "cannot_determine"


class TextKind(StrEnum):
    """The four ways text gets in."""

    COMPOSITION = "composition"
    TRANSCRIPTION = "transcription"
    SYNTHETIC = "synthetic"
    INSERTION = "insertion"


@dataclass(frozen=True, slots=True)
class Kinds:
    """Probability of each way; they sum to 1."""

    composition: float
    transcription: float
    synthetic: float
    insertion: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a session with one explanation; times from the session's start."""

    start_us: int
    end_us: int
    kind: TextKind
    strength: float
    why: Code


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the evidence of one session comes to.

    Attributes:
        band: the conclusion.
        score: calibrated probability that the session is not genuine composition; a number even
            when the band is ``cannot_determine``.
        kinds: how the text probably got in.
        coverage: share of the session that was observed, 0 to 1.
        reasons: what speaks against composing, the main reason first.
        spans: where.
        counter_evidence: what speaks for the person.
        abstained_because: why the band is ``cannot_determine``; None otherwise.
        model_version: which model.
        features_version: which features.
        promise: what is promised about false flags behind the band.
        reference: what the typing was compared with, see `detector.baseline.Reference`.
        texts: the submitted texts and which of their passages were not typed.
    """

    band: Band
    score: float
    kinds: Kinds
    coverage: float
    reasons: tuple[Reason, ...]
    spans: tuple[Span, ...]
    counter_evidence: tuple[Reason, ...]
    abstained_because: Reason | None
    model_version: str
    features_version: str
    promise: Basis = SHIPPED
    reference: str = "population"
    texts: tuple[SubmittedText, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether a person should look at the session."""
        return self.band in (Band.REVIEW, Band.STRONG)

    @property
    def past_shipped_threshold(self) -> bool:
        """Whether the evidence lies past a shipped threshold, be there ground for a flag or not."""
        because = self.abstained_because
        held_back = (Code.COPYING_NOT_CALIBRATED, Code.PROJECT_ASKS_MORE)
        return self.flagged or (because is not None and because.code in held_back)

    def to_json(self) -> dict[str, Any]:
        """Return the assessment as plain values, times in milliseconds."""
        return {
            "band": str(self.band),
            "score": round(self.score, 6),
            "kinds": asdict(self.kinds),
            "coverage": round(self.coverage, 4),
            "reasons": [_plain(reason) for reason in self.reasons],
            "spans": [
                {
                    "start_ms": span.start_us // 1000,
                    "end_ms": -(-span.end_us // 1000),
                    "kind": str(span.kind),
                    "strength": round(span.strength, 4),
                    "why": str(span.why),
                }
                for span in self.spans
            ],
            "counter_evidence": [_plain(reason) for reason in self.counter_evidence],
            "abstained_because": _plain(self.abstained_because) if self.abstained_because else None,
            "model_version": self.model_version,
            "features_version": self.features_version,
            "promise": self.promise.to_json(),
            "reference": self.reference,
            "texts": [_text(text) for text in self.texts],
        }


def _plain(reason: Reason) -> dict[str, Any]:
    return {"code": str(reason.code), "value": round(reason.value, 6)}


def _text(text: SubmittedText) -> dict[str, Any]:
    return {
        "submitted_ms": text.t_us // 1000,
        "field": text.field,
        "length_chars": text.length_chars,
        "typed_chars": text.typed_chars,
        "before_chars": text.before_chars,
        "judged": text.judged,
        "excess_chars": text.excess_chars,
        "passages": [_passage(passage) for passage in text.passages],
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "start": passage.start,
        "end": passage.end,
        "origin": passage.origin.name.lower(),
        "confidence": round(passage.confidence, 3),
    }
