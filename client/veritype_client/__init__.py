"""A typed client of a Veritype server's platform API."""

from veritype_client.errors import (
    AnswerInvalid,
    Busy,
    Changed,
    Conflict,
    Failed,
    Forbidden,
    Invalid,
    NotFound,
    OutcomeUnknown,
    Refused,
    SignatureInvalid,
    Unauthenticated,
    Unreachable,
    VeritypeError,
)
from veritype_client.platform import Platform
from veritype_client.resources.asking import Named
from veritype_client.resources.devices import Device
from veritype_client.resources.hours import HoursLine, Totals
from veritype_client.resources.people import Invitation, Person
from veritype_client.resources.projects import PolicyVersion, Project
from veritype_client.resources.reviews import Decision, Review, Stretch, Verdict
from veritype_client.resources.sessions import (
    Assessment,
    AssessmentLine,
    Loss,
    Reason,
    Session,
    Span,
    Standing,
)
from veritype_client.resources.submissions import (
    Alignment,
    Passage,
    Place,
    Submission,
    SubmissionLine,
    Why,
)
from veritype_client.resources.timesheets import (
    Correction,
    Difference,
    Disputed,
    SheetState,
    Timesheet,
    TimesheetDetail,
)
from veritype_client.resources.webhooks import Attempt, Delivery, Webhook, WebhookSecret

__all__ = [
    "Alignment",
    "AnswerInvalid",
    "Assessment",
    "AssessmentLine",
    "Attempt",
    "Busy",
    "Changed",
    "Conflict",
    "Correction",
    "Decision",
    "Delivery",
    "Device",
    "Difference",
    "Disputed",
    "Failed",
    "Forbidden",
    "HoursLine",
    "Invalid",
    "Invitation",
    "Loss",
    "Named",
    "NotFound",
    "OutcomeUnknown",
    "Passage",
    "Person",
    "Place",
    "Platform",
    "PolicyVersion",
    "Project",
    "Reason",
    "Refused",
    "Review",
    "Session",
    "SheetState",
    "SignatureInvalid",
    "Span",
    "Standing",
    "Stretch",
    "Submission",
    "SubmissionLine",
    "Timesheet",
    "TimesheetDetail",
    "Totals",
    "Unauthenticated",
    "Unreachable",
    "Verdict",
    "VeritypeError",
    "Webhook",
    "WebhookSecret",
    "Why",
]
