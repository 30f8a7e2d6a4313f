"""The plain words of the pages about reviews."""

from server.records import Verdict

VERDICT_TITLES = {
    Verdict.KEEP: "Keep",
    Verdict.ASK_TRAINER: "Ask the trainer",
    Verdict.EXCLUDE_DATA: "Exclude the data",
    Verdict.REJECT_PAY: "Reject the pay",
    Verdict.ESCALATE: "Escalate",
}
VERDICT_MEANS = {
    Verdict.KEEP: "The work counts and is paid. Doubt belongs here too.",
    Verdict.ASK_TRAINER: "The trainer is asked; somebody else goes on with the answer.",
    Verdict.EXCLUDE_DATA: "The data is not used; the time is paid. A second reviewer has to agree.",
    Verdict.REJECT_PAY: "The stretches are not paid. A second reviewer has to agree.",
    Verdict.ESCALATE: "You cannot judge it; a lead looks at it next.",
}
VERDICT_CHOICES = tuple(
    (verdict.value, VERDICT_TITLES[verdict], VERDICT_MEANS[verdict]) for verdict in Verdict
)
DECISION_TITLES = {
    Verdict.KEEP: "Decided: the work counts and is paid.",
    Verdict.EXCLUDE_DATA: "Decided: the data is not used; the time is paid.",
    Verdict.REJECT_PAY: "Decided: this is not paid.",
}
