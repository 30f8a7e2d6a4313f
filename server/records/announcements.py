"""What happened, for whoever has to be told: webhooks, mail, the console."""

from dataclasses import dataclass
from enum import StrEnum


class Happened(StrEnum):
    """One kind of thing that happens. A subject is an id in hex, never a name or a text."""

    SESSION_SCORED = "session.scored"
    REVIEW_OPENED = "review.opened"
    REVIEW_DECIDED = "review.decided"
    REVIEW_CLOSED = "review.closed"
    STATEMENT_ASKED = "statement.asked"
    APPEAL_OPENED = "appeal.opened"
    APPEAL_DECIDED = "appeal.decided"
    DEADLINE_NEAR = "deadline.near"
    REVIEWS_UNREVIEWED = "reviews.unreviewed"
    """Nobody had the time for a review of a project: it ended for the trainer. Once a day."""
    SUBMISSION_ANSWERED = "submission.answered"
    SUBMISSION_DECIDED = "submission.decided"
    TIMESHEET_SUBMITTED = "timesheet.submitted"
    TIMESHEET_APPROVED = "timesheet.approved"
    TIMESHEET_DISPUTED = "timesheet.disputed"
    TIMESHEET_LOCKED = "timesheet.locked"
    CORRECTION_ACCEPTED = "timesheet.correction-accepted"
    CORRECTION_DECLINED = "timesheet.correction-declined"
    WEEK_LAPSE_NEAR = "timesheet.lapse-near"
    """Disputed minutes will be payable soon, if nobody decides."""
    WEEK_UNSUBMITTED = "timesheet.unsubmitted"
    """Soon it can be approved though its trainer did not submit it."""
    HOLD_NEAR = "hold.near"
    """What a review holds will be payable soon, if nobody decides."""
    HOLD_LAPSED = "hold.lapsed"
    PERSON_ERASED = "person.erased"
    AUDIT_SEALED = "audit.sealed"
    """The subject is the number of the last line and its digest: keep it outside of the server."""
    WEBHOOK_PAUSED = "webhook.paused"
    WEBHOOK_TEST = "webhook.test"
    """Sent to one endpoint, because somebody asked for it."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One thing that happened, noted in the transaction that made it so."""

    row: int
    at_us: int
    kind: Happened
    subject: str
    """Id of what it happened to, in hex."""
    number: int | None = None
    """The organisation's own count, from 1, once whoever must be told is known."""
