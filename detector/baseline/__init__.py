"""A typist's own baseline: how this person composes and copies, next to what people do.

Read `features`, then `population`, `enrolment` and `reference`.
"""

from detector.baseline.enrolment import Enrolled, EnrolmentDoubt, enrol
from detector.baseline.reference import Baseline, Reference
from detector.baseline.sample import enrol_with_sample

__all__ = ["Baseline", "Enrolled", "EnrolmentDoubt", "Reference", "enrol", "enrol_with_sample"]
