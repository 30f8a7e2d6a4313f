"""The plain words of the pages about reviews."""

from server.language import N_, _
from server.records import Verdict

VERDICT_TITLES = {
    Verdict.KEEP: N_("Keep"),
    Verdict.ASK_TRAINER: N_("Ask the trainer"),
    Verdict.EXCLUDE_DATA: N_("Exclude the data"),
    Verdict.REJECT_PAY: N_("Reject the pay"),
    Verdict.ESCALATE: N_("Escalate"),
}
VERDICT_MEANS = {
    Verdict.KEEP: N_("The work counts and is paid. Doubt belongs here too."),
    Verdict.ASK_TRAINER: N_("The trainer is asked; somebody else goes on with the answer."),
    Verdict.EXCLUDE_DATA: N_(
        "The data is not used; the time is paid. A second reviewer has to agree."
    ),
    Verdict.REJECT_PAY: N_("The stretches are not paid. A second reviewer has to agree."),
    Verdict.ESCALATE: N_("You cannot judge it; a lead looks at it next."),
}
DECISION_TITLES = {
    Verdict.KEEP: N_("Decided: the work counts and is paid."),
    Verdict.EXCLUDE_DATA: N_("Decided: the data is not used; the time is paid."),
    Verdict.REJECT_PAY: N_("Decided: this is not paid."),
}


def verdict_choices() -> tuple[tuple[str, str, str], ...]:
    """Verdicts: code, title, what follows."""
    return tuple((one.value, _(VERDICT_TITLES[one]), _(VERDICT_MEANS[one])) for one in Verdict)
