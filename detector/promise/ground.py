"""Whether there is ground to flag a session for copying.

Thresholds for copying do not carry over: one that flags 1 % of genuine essays in one corpus flags
several times as many in the next (`docs/evaluation-log.md`, runs 5 and 6). So the population's
values alone are not enough, unless the evidence is very strong.
"""

from dataclasses import replace

from detector.assessment import Assessment, Band
from detector.conduct import Conduct
from detector.fusion import INSERTION_REVIEW
from detector.model import Model
from detector.promise.applying import POPULATION
from detector.promise.basis import Rests
from detector.reasons import Code, Reason

MACHINE_CODES = frozenset({Code.SYNTHETIC_RHYTHM, Code.TIMING_REPLAYED, Code.OWN_TIMING_REPLAYED})


def on_ground(assessment: Assessment, conduct: Conduct, model: Model) -> Assessment:
    """Return the assessment, without a flag for copying that has no ground.

    Ground is a platform's promise that stands, the typist's own reference, or conduct that points
    to copying. Without any, copying leads to "cannot determine", and past the strong threshold to
    a review at most. A flag for anything else stays as it is.
    """
    copying = _copying_alone(assessment)
    if copying is None or _has_ground(assessment, conduct):
        return assessment
    if copying.value >= model.strong_at["transcription"]:
        return replace(assessment, band=Band.REVIEW)
    because = Reason(Code.COPYING_NOT_CALIBRATED, copying.value)
    return replace(assessment, band=Band.CANNOT_DETERMINE, abstained_because=because)


def _copying_alone(assessment: Assessment) -> Reason | None:
    """Return the reason for copying if the flag rests on nothing else."""
    if not assessment.flagged or assessment.kinds.insertion >= INSERTION_REVIEW:
        return None
    codes = {reason.code for reason in assessment.reasons}
    if codes & MACHINE_CODES:
        return None
    return next((r for r in assessment.reasons if r.code is Code.READS_LIKE_COPYING), None)


def _has_ground(assessment: Assessment, conduct: Conduct) -> bool:
    promised = assessment.promise.rests is Rests.PLATFORM
    points_to_copying = conduct.log_odds > 0 or conduct.copying_floor > 0
    return promised or points_to_copying or assessment.reference != POPULATION
