"""The plain words of the pages about reviews."""

from collections.abc import Callable

from server.records import How, Stage, StoredReview, Verdict

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
HOW_MEANS = {
    How.FLAG: "The detector found something that a person has to look at.",
    How.COMPANY: "Drawn at random: some sessions are looked at without any suspicion.",
    How.RANDOM: "Drawn at random: one session in a hundred is looked at without any suspicion.",
}


def stage_text(review: StoredReview, day: Callable[[int], str]) -> str:
    """How a review stands, for its trainer."""
    due = day(review.head.due_us) if review.head.due_us is not None else ""
    match review.head.stage:
        case Stage.REVIEWER:
            what = "Your appeal waits" if review.head.appealed else "It waits"
            return f"{what} for reviewers. If nothing is decided by {due}, it is decided for you."
        case Stage.TRAINER:
            return (
                f"You are asked to say something, until {due}. If you do not, that admits nothing:"
                " reviewers go on with what they have."
            )
        case Stage.DECIDED:
            return f"Decided. You can appeal until {due}." if due else "Decided."
        case Stage.CLOSED:
            return "Closed without a decision."
