"""Putting an assessment under a platform's promise."""

from collections.abc import Sequence
from dataclasses import replace

from detector.assessment import Assessment, Band
from detector.fusion import INSERTION_REVIEW
from detector.promise.basis import Rests
from detector.promise.platform import PlatformPromise
from detector.promise.sessions import FLAGS_NOTHING, Extra
from detector.reasons import Code, Reason

TYPING_CODES = frozenset(
    {
        str(Code.SYNTHETIC_RHYTHM),
        str(Code.READS_LIKE_COPYING),
        str(Code.TIMING_REPLAYED),
        str(Code.OWN_TIMING_REPLAYED),
    }
)
POPULATION = "population"
"""What an assessment names as its reference where the typist had none of their own."""


def flagging_score(assessment: Assessment) -> float:
    """Return where a flag of the shipped thresholds stands among flags; 0 without one.

    See `flag_order`. A promise is calibrated on this, so it can only take flags back: every flag
    still has the reasons that the shipped thresholds ask for.
    """
    if not assessment.past_shipped_threshold:
        return 0.0
    codes = [str(reason.code) for reason in assessment.reasons]
    kinds = assessment.kinds
    return flag_order(kinds.insertion, kinds.synthetic + kinds.transcription, codes)


def flag_order(inserted: float, copied_or_machine: float, codes: Sequence[str]) -> float:
    """Return the place of a flag in the order in which a promise gives flags up, 0 to 1.

    Flags for the typing lie in the upper half, by their probability; flags for an insertion alone
    in the lower half, by its strength. Genuine writers paste far more often than they type like a
    machine or a copyist, so in one order by the fused score their pastes would set the threshold
    for everything.

    Args:
        inserted: probability of insertion.
        copied_or_machine: probability of transcription and synthetic input together.
        codes: the reasons' codes.
    """
    if inserted >= INSERTION_REVIEW and not TYPING_CODES.intersection(codes):
        return inserted / 2
    typed = 1.0 - inserted
    return 0.5 + min(copied_or_machine / typed if typed > 0 else 1.0, 1.0) / 2


def threshold_in_words(threshold: float) -> str:
    """Say what a threshold on the order of flags leaves to be flagged."""
    if threshold >= FLAGS_NOTHING:
        return "nothing is flagged"
    if threshold >= 0.5:
        return f"typing is flagged past {2 * threshold - 1:.4f}, insertions not at all"
    if threshold > 0.0:
        return f"typing is flagged as shipped, insertions past a strength of {2 * threshold:.4f}"
    return "flags are those of the shipped thresholds"


def extras_of(reference: str, texts: Sequence[object], gallery: bool) -> tuple[Extra, ...]:
    """Return what a session was judged by besides its own recording."""
    used = {
        Extra.BASELINE: reference != POPULATION,
        Extra.GALLERY: gallery,
        Extra.TEXTS: bool(texts),
    }
    return tuple(extra for extra, was in used.items() if was)


def under_promise(
    assessment: Assessment, promise: PlatformPromise, gallery: bool = False
) -> Assessment:
    """Return the assessment as the promise leaves it.

    A flag that does not lie past the promise's threshold becomes "cannot determine": the platform's
    genuine sessions come as far too often. A promise that does not hold for this
    model changes no band; one that is withdrawn still holds flags back, and says what it is.
    """
    used = extras_of(assessment.reference, assessment.texts, gallery)
    basis = promise.basis(assessment.model_version, assessment.features_version, used)
    if basis.rests is Rests.NONE or not assessment.flagged:
        return replace(assessment, promise=basis)
    if flagging_score(assessment) > basis.threshold:
        return replace(assessment, promise=basis)
    return replace(
        assessment,
        promise=basis,
        band=Band.CANNOT_DETERMINE,
        abstained_because=Reason(Code.WITHIN_PROMISED_ERROR, assessment.score),
    )
