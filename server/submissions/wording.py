"""Why an answer is what it is: codes, and each in plain words. This list is the only one."""

WHY = {
    "decided_not_human": "People decided against this work, and no appeal is open.",
    "decided_human": "People looked at this work and kept it.",
    "silence": "A review ended by its deadline, without a verdict: it fell to the trainer.",
    "under_review": "People are looking at this work, or an appeal is open.",
    "flagged": "The session was flagged, and no person has looked at it yet.",
    "review_closed": "The session was flagged, and nobody will look at it: its person has left.",
    "session_not_determined": "Too little of a session was observed to say how its text came.",
    "not_explained": "What was recorded does not explain the text: too much was not typed there.",
    "inserted_not_allowed": "Text was inserted that the project's policy does not allow.",
    "not_all_observed": "Not everything was observed while the text was written.",
    "outside_session": "An interval ends after its session did.",
    "unknown_task": "A session has no task of that number.",
    "evidence_gone": "The recording was deleted, as its retention says.",
    "evidence_unreadable": "The recording cannot be read any more; the operator has to look.",
    "never_scored": "A session was not closed and scored in time.",
    "classes_lost": "The classes of the text could not be read again; hand it in anew.",
}
"""By code."""
