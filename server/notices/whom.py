"""Who is told what: this table, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.language import N_
from server.records.announcements import Happened


class Whom(StrEnum):
    """Whom a notice is for."""

    TRAINER = "trainer"
    """The one whose session or timesheet it is."""
    REVIEWER = "reviewer"
    """Whoever holds the review; if nobody does, auditors and leads."""
    AUDITORS = "auditors"
    LEADS = "leads"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told, and in which words. Neither names anybody, a project, a score or evidence."""

    whom: frozenset[Whom]
    subject: str
    text: str


def _to(*whom: Whom) -> frozenset[Whom]:
    return frozenset(whom)


TELLINGS: Mapping[Happened, Telling] = {
    Happened.REVIEW_OPENED: Telling(
        _to(Whom.AUDITORS),
        N_("A review waits"),
        N_("A session waits for a reviewer. Whoever claims it first reviews it."),
    ),
    Happened.STATEMENT_ASKED: Telling(
        _to(Whom.TRAINER),
        N_("You are asked about a session of yours"),
        N_(
            "A reviewer has a question about a session of yours. The page shows what they see and"
            " until when you can answer. If you say nothing, that admits nothing: reviewers go on."
        ),
    ),
    Happened.REVIEW_DECIDED: Telling(
        _to(Whom.TRAINER),
        N_("A review of a session of yours is decided"),
        N_(
            "The page shows the decision and its reason. If it is against you, it also shows how"
            " and until when you can appeal; somebody new looks at an appeal."
        ),
    ),
    Happened.APPEAL_OPENED: Telling(
        _to(Whom.AUDITORS, Whom.LEADS),
        N_("An appeal waits"),
        N_("Somebody appealed a decision. It waits for a reviewer who has not seen the session."),
    ),
    Happened.APPEAL_DECIDED: Telling(
        _to(Whom.TRAINER),
        N_("Your appeal is decided"),
        N_("The page shows the decision and its reason."),
    ),
    Happened.DEADLINE_NEAR: Telling(
        _to(Whom.TRAINER, Whom.REVIEWER),
        N_("A deadline is near"),
        N_(
            "Something waits for you, and its time is almost over. The page shows until when. Where"
            " reviewers do not decide in time, it is decided for the trainer."
        ),
    ),
    Happened.REVIEWS_UNREVIEWED: Telling(
        _to(Whom.LEADS, Whom.ADMINS),
        "Reviews ended without anybody's word",
        "Nobody had the time for reviews of one of your projects, and they were decided for the"
        " trainers. The page of quality counts them by project, beside how many are given out a"
        " day at most.",
    ),
    Happened.TIMESHEET_SUBMITTED: Telling(
        _to(Whom.LEADS, Whom.ADMINS),
        N_("A timesheet waits"),
        N_("A timesheet was submitted and waits for approval."),
    ),
    Happened.TIMESHEET_DISPUTED: Telling(
        _to(Whom.TRAINER, Whom.LEADS),
        N_("A timesheet is disputed"),
        N_("Some of a week's time is disputed. The page shows which, and why."),
    ),
    Happened.WEEK_LAPSE_NEAR: Telling(
        _to(Whom.TRAINER, Whom.LEADS, Whom.ADMINS),
        N_("The time to decide about a disputed week is almost over"),
        N_(
            "Some of a week's time is disputed, and held for two days more at most. If nobody"
            " decides until then, it is payable."
        ),
    ),
    Happened.WEEK_UNSUBMITTED: Telling(
        _to(Whom.TRAINER),
        N_("A week of yours is not submitted"),
        N_(
            "You have not submitted a week of yours. In two days or less it can be approved as it"
            " stands, without you: look whether anything is missing."
        ),
    ),
    Happened.CORRECTION_ACCEPTED: Telling(
        _to(Whom.TRAINER, Whom.LEADS),
        N_("A correction of a week counts"),
        N_(
            "A correction of a week's time was accepted, and counts from now on. The page shows it."
        ),
    ),
    Happened.CORRECTION_DECLINED: Telling(
        _to(Whom.TRAINER, Whom.LEADS),
        N_("A correction of a week is declined"),
        N_("A correction of a week's time was declined. The page shows why."),
    ),
    Happened.HOLD_NEAR: Telling(
        _to(Whom.LEADS, Whom.ADMINS),
        N_("Held time is almost free again"),
        N_(
            "Minutes that a review holds back are held for two days more at most. If it is not"
            " decided until then, they are payable. Reviews that wait are in the queue."
        ),
    ),
    Happened.HOLD_LAPSED: Telling(
        _to(Whom.TRAINER),
        N_("Held time is free again"),
        N_("The time for deciding about some of your minutes is over: they count as worked."),
    ),
    Happened.WEBHOOK_PAUSED: Telling(
        _to(Whom.ADMINS),
        N_("A webhook is paused"),
        N_(
            "An address that your organisation wants to be told at failed for days, so nothing is"
            " sent there any more. Repair it, let it go on, and have sent again what it missed."
        ),
    ),
}
"""By kind; what is not here is told by webhook alone."""
