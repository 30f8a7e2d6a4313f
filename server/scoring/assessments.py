"""An assessment as it is stored and shown: the detector's, with its reasons in plain language."""

import msgspec

FLAGGED_BANDS = frozenset({"review", "strong"})
UNDOUBTED_BANDS = frozenset({"consistent"})
"""Of whose sessions nobody, and no program, doubts anything."""


class ReasonText(msgspec.Struct, frozen=True):
    """One thing that was seen, in the words in which it was said when it was assessed."""

    code: str
    value: float
    unit: str
    text: str
    means: str
    """What it means and what it does not."""
    innocent: tuple[str, ...]
    """Innocent explanations to think of first."""


COULD_NOT_BE_READ = ReasonText(
    code="could_not_be_read",
    value=0.0,
    unit="",
    text="The recording could not be read by the detector.",
    means="It was not judged at all. That counts neither for nor against the person.",
    innocent=("A fault of the program that recorded, or of the one that judges.",),
)


class AssessedSpan(msgspec.Struct, frozen=True):
    """A stretch of the session with one explanation; milliseconds from clock-in."""

    start_ms: int
    end_ms: int
    kind: str
    strength: float
    why: str


class AssessedInsertion(msgspec.Struct, frozen=True):
    """The insertion that a passage is taken for, by its length."""

    at_ms: int
    how: str
    copied_in: str
    """What kind of window it was copied in; `unknown`: no copy was seen."""


class AssessedPassage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A passage of a submitted text that was not typed: where and how long, never what."""

    start_chars: int
    length_chars: int
    origin: str
    """`inserted`: an insertion of about this length was seen; `unexplained`: nothing was."""
    confidence: float
    inserted: AssessedInsertion | None = None
    """None: no insertion, or it was not noted then."""


class AssessedTyping(msgspec.Struct, frozen=True):
    """What lies between two passages of a submitted text, and when it was typed."""

    start_chars: int
    length_chars: int
    first_ms: int
    last_ms: int


class AssessedText(msgspec.Struct, frozen=True, omit_defaults=True):
    """A submitted text against what was typed."""

    submitted_ms: int
    length_chars: int
    typed_chars: int
    before_chars: int | None
    """Stood in the field before the session; None if that is not known."""
    judged: bool
    """Whether enough was seen to count what is unexplained."""
    passages: tuple[AssessedPassage, ...]
    typed: tuple[AssessedTyping, ...] = ()
    """Only where it is certain when; nothing in assessments of before."""


class Assessed(msgspec.Struct, frozen=True):
    """The detector's judgement of one session."""

    band: str
    score: float
    """Calibrated probability that the session is not genuine composition."""
    kinds: dict[str, float]
    coverage: float
    reasons: tuple[ReasonText, ...]
    counter_evidence: tuple[ReasonText, ...]
    abstained_because: ReasonText | None
    spans: tuple[AssessedSpan, ...]
    model_version: str
    features_version: str
    promise: str = "What was promised about false flags was not noted then."
    """What is promised about false flags behind the band, and to whom."""
    texts: tuple[AssessedText, ...] = ()
    reference: str = "population"
    """What the typing was compared with: `enrolment`, `earlier_sessions` or `population`."""

    @property
    def flagged(self) -> bool:
        """Whether a person should look."""
        return self.band in FLAGGED_BANDS

    @property
    def main_reason(self) -> str | None:
        """Code of the first reason, or of the abstention; None where nothing stands out."""
        if self.abstained_because is not None:
            return self.abstained_because.code
        return self.reasons[0].code if self.reasons else None


def not_assessed() -> Assessed:
    """The abstention over a recording that the detector cannot read."""
    return Assessed(
        band="cannot_determine",
        score=0.5,
        kinds={},
        coverage=0.0,
        reasons=(),
        counter_evidence=(),
        abstained_because=COULD_NOT_BE_READ,
        spans=(),
        model_version="none",
        features_version="none",
        promise="Nothing is promised about what was not judged.",
    )
