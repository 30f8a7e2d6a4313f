"""Putting an assessment under a platform's promise."""

from dataclasses import replace

from detector.assessment import Assessment, Band
from detector.promise.basis import Rests
from detector.promise.platform import PlatformPromise
from detector.reasons import Code, Reason


def flagging_score(assessment: Assessment) -> float:
    """Return the score of a session that the shipped thresholds flag, 0 of any other.

    This is what a promise is calibrated on: it can only take flags back, so that every flag still
    has the reasons that the shipped thresholds ask for.
    """
    return assessment.score if assessment.flagged else 0.0


def under_promise(
    assessment: Assessment, promise: PlatformPromise, with_baseline: bool
) -> Assessment:
    """Return the assessment as the promise leaves it.

    A flag whose score does not lie past the promise's threshold becomes "cannot determine": the
    platform's genuine sessions score as high too often. A promise that does not hold for this
    model changes no band; one that is withdrawn still holds flags back, and says what it is.
    """
    basis = promise.basis(assessment.model_version, assessment.features_version, with_baseline)
    if basis.rests is Rests.NONE or not assessment.flagged or assessment.score > basis.threshold:
        return replace(assessment, promise=basis)
    return replace(
        assessment,
        promise=basis,
        band=Band.CANNOT_DETERMINE,
        abstained_because=Reason(Code.WITHIN_PROMISED_ERROR, assessment.score),
    )
