"""How the lines of evidence of a session come to one conclusion, or to none."""

import math
from dataclasses import dataclass, replace

import numpy as np

from detector.assessment import Band, Kinds, TextKind
from detector.baseline import Baseline, EnrolmentDoubt
from detector.conduct import Conduct
from detector.features.stream import TextStream
from detector.integrity import REPLACES_TYPING, Integrity
from detector.model import Model, logit
from detector.provenance import Provenance
from detector.reasons import Code, Reason
from detector.submitted import SubmittedText
from detector.tables import MISSING, Recording
from detector.typing_evidence import MIN_KEYS, PRIOR_DOUBT, TypingEvidence
from wire.codes import Mode
from wire.stretches import joined, length_us, without

MIN_COVERAGE = 0.5
INSERTION_REVIEW = 0.5
INSERTION_STRONG = 0.9
REPLAY_PROBABILITY = 0.999


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about a session, by the question that it answers."""

    recording: Recording
    stream: TextStream
    coverage: float
    typing: TypingEvidence
    provenance: Provenance
    integrity: Integrity
    conduct: Conduct
    baseline: Baseline | None
    doubt: EnrolmentDoubt | None = None
    texts: tuple[SubmittedText, ...] = ()

    @property
    def inserted(self) -> float:
        """Return the strength of the evidence that text came in without typing."""
        return max([self.provenance.strength, *(text.strength for text in self.texts)])

    def suspected(self, model: Model) -> frozenset[TextKind]:
        """Return the kinds of typing past the review threshold.

        A machine's typing is no person's copying.
        """
        if self.typing.synthetic >= model.review_at["synthetic"]:
            return frozenset({TextKind.SYNTHETIC})
        if self.typing.transcription >= model.review_at["transcription"]:
            return frozenset({TextKind.TRANSCRIPTION})
        return frozenset()


def fused_typing(
    typing: TypingEvidence,
    integrity: Integrity,
    conduct: Conduct,
    declared: frozenset[Mode],
    model: Model,
) -> TypingEvidence:
    """Return the typing's evidence with what integrity, conduct and declared aids say."""
    if not typing.seen:
        return typing
    if declared & REPLACES_TYPING:
        return replace(
            typing,
            synthetic=min(typing.synthetic, PRIOR_DOUBT),
            transcription=min(typing.transcription, PRIOR_DOUBT),
        )
    rhythm = _moved(typing.synthetic, integrity.log_odds)
    return replace(
        typing,
        synthetic=max(rhythm, _of_replays(integrity, model)),
        transcription=_moved(typing.transcription, conduct.log_odds),
    )


def _moved(probability: float, log_odds: float) -> float:
    """Return a probability moved by log odds; by none it stays what it was, to the last bit."""
    if not log_odds:
        return probability
    return 1.0 / (1.0 + math.exp(-(logit(probability) + log_odds)))


def _of_replays(integrity: Integrity, model: Model) -> float:
    """How probable a replay makes a machine: enough for a band of its own, whatever the rhythm.

    At most one unrelated session in 1,900 is matched by chance (`docs/detector-inside.md`), less
    than are past the threshold of the band by their rhythm.
    """
    if not integrity.replays:
        return 0.0
    strong = model.strong_at["synthetic"]
    if integrity.mostly_replayed:
        return max(REPLAY_PROBABILITY, strong)
    return (model.review_at["synthetic"] + strong) / 2


def kinds_of(evidence: Evidence) -> Kinds:
    """Return the probability of each way the text got in."""
    inserted, process = evidence.inserted, evidence.typing
    typed = 1.0 - inserted
    synthetic = typed * process.synthetic
    copied = max(process.transcription, evidence.conduct.copying_floor)
    transcription = typed * (1.0 - process.synthetic) * copied
    composition = max(1.0 - inserted - synthetic - transcription, 0.0)
    return Kinds(composition, transcription, synthetic, inserted)


def abstention(evidence: Evidence, model: Model) -> Reason | None:
    """Return why nothing can be said, if so. Evidence that was seen stands whatever was not."""
    recording = evidence.recording
    if _blind(recording):
        return Reason(Code.LOW_COVERAGE, evidence.coverage)
    if evidence.provenance.strength >= INSERTION_REVIEW:
        return None
    if len(evidence.stream) < MIN_KEYS:
        return Reason(Code.TOO_FEW_KEYSTROKES, len(evidence.stream))
    machine = TextKind.SYNTHETIC in evidence.suspected(model)
    if evidence.coverage < MIN_COVERAGE and not machine:
        return Reason(Code.LOW_COVERAGE, evidence.coverage)
    if recording.declared & REPLACES_TYPING:
        return Reason(Code.AID_HIDES_TYPING, 1.0)
    return None


def _blind(recording: Recording) -> bool:
    """Whether nothing outside a page could be observed (Wayland): a paste has no source to see.

    Such a session shows neither what was typed nor where a pasted text was copied.
    """
    nothing_seen = recording.focus is None and recording.copies is None
    return nothing_seen and not len(recording.keystrokes) and bool(recording.unobserved)


def band_of(evidence: Evidence, model: Model) -> Band:
    """Return the conclusion, if one may be drawn (see `abstention`)."""
    inserted, typing = evidence.inserted, evidence.typing
    strong = (
        inserted >= INSERTION_STRONG
        or typing.synthetic >= model.strong_at["synthetic"]
        or typing.transcription >= model.strong_at["transcription"]
    )
    if strong:
        return Band.STRONG
    if inserted >= INSERTION_REVIEW or evidence.conduct.alone or evidence.suspected(model):
        return Band.REVIEW
    return Band.CONSISTENT


def coverage_of(recording: Recording) -> float:
    """Return the share of the unpaused session that was observed; 0 if nothing was.

    No batch speaks for a pause, so that it stands among the unobserved stretches as well; a person
    who rests has hidden nothing.
    """
    table = recording.keystrokes
    length = recording.duration_us
    if length == MISSING:
        length = int(table.t_us[-1] - table.t_us[0]) if len(table) else 0
    if not len(table) and not recording.insertions:
        return 0.0
    worked = length - length_us(joined(recording.paused))
    if worked <= 0:
        return 1.0 if len(table) else 0.0
    missed = without(recording.unobserved, recording.paused)
    return float(np.clip(1.0 - length_us(missed) / worked, 0.0, 1.0))
