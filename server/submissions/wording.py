"""Why an answer is what it is: codes, and each in plain words. This list is the only one."""

from server.language import N_
from server.records import Answer

ANSWER_TITLES = {
    Answer.CONSISTENT: N_("consistent"),
    Answer.UNDER_REVIEW: N_("under review"),
    Answer.CANNOT_DETERMINE: N_("cannot determine"),
    Answer.NOT_HUMAN_WORK: N_("not human work"),
}
"""The four words; the API gives them untranslated."""

WHY = {
    "decided_not_human": N_("People decided against this work, and no appeal is open."),
    "decided_human": N_("People looked at this work and kept it."),
    "silence": N_("A review ended by its deadline, without a verdict: it fell to the trainer."),
    "under_review": N_("People are looking at this work, or an appeal is open."),
    "flagged": N_("The session was flagged, and no person has looked at it yet."),
    "review_closed": N_(
        "The session was flagged, and nobody will look at it: its person has left."
    ),
    "session_not_determined": N_("Too little of a session was observed to say how its text came."),
    "not_explained": N_(
        "What was recorded does not explain the text: too much was not typed there."
    ),
    "inserted_not_allowed": N_("Text was inserted that the project's policy does not allow."),
    "not_all_observed": N_("Not everything was observed while the text was written."),
    "outside_session": N_("An interval ends after its session did."),
    "unknown_task": N_("A session has no task of that number."),
    "evidence_gone": N_("The recording was deleted, as its retention says."),
    "evidence_unreadable": N_("The recording cannot be read any more; the operator has to look."),
    "never_scored": N_("A session was not closed and scored in time."),
    "classes_lost": N_("The classes of the text could not be read again; hand it in anew."),
}
"""By code."""
