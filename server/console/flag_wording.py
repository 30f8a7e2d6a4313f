"""How a review stands, in the words for the trainer whose session it is about."""

from collections.abc import Callable
from dataclasses import dataclass

from server.console.spans import spans_text
from server.language import N_, _
from server.records import Decision, How, ReviewHead, Stage, StoredReview, Verdict

When = Callable[[int], str]
"""A moment in the reader's own time zone, which it names."""

HOW_MEANS = {
    How.FLAG: N_(
        "A program found something in the recording that a person has to look at. It is a question"
        " and no accusation: the program decides nothing."
    ),
    How.COMPANY: N_("Drawn at random: some sessions are looked at without any suspicion."),
    How.RANDOM: N_("Drawn at random: one session in a hundred is looked at without any suspicion."),
}
DECISION_MEANS = {
    Verdict.KEEP: N_("The work counts and is paid."),
    Verdict.EXCLUDE_DATA: N_("The data is not used. The time is paid."),
    Verdict.REJECT_PAY: N_("This work is not paid."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a review stands, for its trainer."""

    title: str
    what: str
    silence: str
    """What happens if nobody does anything."""
    due_us: int | None
    asks: bool
    """Whether something waits for the trainer."""


def how_means(how: How) -> str:
    """Why a session is reviewed."""
    return _(HOW_MEANS[how])


def standing(review: StoredReview, when: When) -> Standing:
    """Where a review stands."""
    head = review.head
    due = when(head.due_us) if head.due_us is not None else ""
    match head.stage:
        case Stage.REVIEWER:
            return _waits(head, due)
        case Stage.TRAINER:
            return Standing(
                _("You are asked to say something"),
                _("A reviewer would like to hear from you before anything is decided."),
                _(
                    "If you say nothing by %(due)s, that admits nothing: reviewers go on with"
                    " what they have.",
                    due=due,
                ),
                head.due_us,
                asks=True,
            )
        case Stage.DECIDED:
            return _decided(head, due)
        case Stage.CLOSED:
            title = _("Closed without a decision")
            return Standing(title, _("Nothing follows from it."), "", None, asks=False)


def decision_text(decision: Decision) -> str:
    """What was decided."""
    said = [_(DECISION_MEANS[decision.verdict])]
    if decision.by_silence:
        said.append(_("Nobody decided in time, so it was decided for you."))
    elif decision.spans_us:
        stretches = spans_text(decision.spans_us)
        said.append(_("It is about %(stretches)s, counted from clock-in.", stretches=stretches))
    return " ".join(said)


def _waits(head: ReviewHead, due: str) -> Standing:
    if head.appealed:
        return Standing(
            _("Your appeal waits for reviewers"),
            _("People who had no part in the decision look at the session anew."),
            _("If they do not decide by %(due)s, it is decided for you.", due=due),
            head.due_us,
            asks=False,
        )
    return Standing(
        _("Your session waits for reviewers"),
        _("You have to do nothing. You may say something at any time before it is decided."),
        _("If they do not decide by %(due)s, it is decided for you.", due=due),
        head.due_us,
        asks=False,
    )


def _decided(head: ReviewHead, due: str) -> Standing:
    what = decision_text(head.decision) if head.decision else ""
    if not due:
        return Standing(_("Decided"), what, "", None, asks=False)
    return Standing(
        _("Decided against you; you can appeal"),
        what,
        _(
            "If you do not appeal by %(due)s, the decision stands. That admits nothing either.",
            due=due,
        ),
        head.due_us,
        asks=True,
    )
