"""Stronger evidence than the calibrated model asks for, where a project's policy wants it."""

from dataclasses import replace

from detector.assessment import Assessment, Band
from detector.reasons import Code, Reason
from wire.policy import Thresholds


def as_asked(assessment: Assessment, thresholds: Thresholds) -> Assessment:
    """Return the assessment under a project's thresholds; they only ever take a flag back.

    A flag whose probability lies below `review` becomes "cannot determine"; one called strong that
    lies below `strong` becomes one to review. Each says so in a reason.
    """
    if not assessment.flagged:
        return assessment
    if assessment.score < thresholds.review:
        because = Reason(Code.PROJECT_ASKS_MORE, assessment.score)
        return replace(assessment, band=Band.CANNOT_DETERMINE, abstained_because=because)
    if assessment.band is Band.STRONG and assessment.score < thresholds.strong:
        said = Reason(Code.PROJECT_ASKS_MORE_FOR_STRONG, thresholds.strong)
        return replace(
            assessment,
            band=Band.REVIEW,
            counter_evidence=(*assessment.counter_evidence, said),
        )
    return assessment
