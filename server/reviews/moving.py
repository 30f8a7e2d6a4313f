"""One more event in a review, and what follows from it: who is told, whose pay waits."""

from collections.abc import Sequence

from server.errors import Refusal
from server.records import EventKind, Happened, ReviewEvent, Stage, StoredReview, Verdict
from server.reviews.machine import NotAllowed, ReviewState, state_of, step
from server.storage.protocols import OrganisationStore
from wire.problems import ProblemCode


def conflict(why: str) -> Refusal:
    """What is asked for does not fit how the review stands."""
    return Refusal(ProblemCode.CONFLICT, 409, why)


def move(store: OrganisationStore, review: StoredReview, event: ReviewEvent) -> ReviewState:
    """Add an event to a review; what it has led to.

    Raises:
        Refusal: the review does not take it now, and why; nothing was stored.
    """
    try:
        before = state_of(review.events, review.rules)
        after = step(before, event, review.rules)
    except NotAllowed as error:
        raise conflict(str(error)) from error
    if not store.step_review(review, event, after.head, _announced(before, after, review)):
        raise conflict(
            "Something else happened in this review meanwhile, or it is no longer yours; "
            "open it again."
        )
    _hold(store, review, event, after)
    return after


def _announced(before: ReviewState, after: ReviewState, review: StoredReview) -> Sequence[Happened]:
    if review.rules.control or before.head.stage is after.head.stage:
        return []
    match after.head.stage:
        case Stage.TRAINER:
            return [Happened.STATEMENT_ASKED]
        case Stage.DECIDED:
            appealed = after.head.appealed
            return [Happened.APPEAL_DECIDED if appealed else Happened.REVIEW_DECIDED]
        case Stage.CLOSED:
            return [Happened.REVIEW_CLOSED]
        case Stage.REVIEWER:
            return [Happened.APPEAL_OPENED] if before.head.stage is Stage.DECIDED else []


def _hold(
    store: OrganisationStore, review: StoredReview, event: ReviewEvent, after: ReviewState
) -> None:
    """Pay waits from a person's word to the decision; never by a program's, and never for long.

    Not in the event's transaction: what a crash leaves undone falls to the trainer, since a hold
    that was not made costs nothing, and one that was not released lapses.
    """
    row = review.session_row
    if row is None or review.rules.control:
        return
    if not after.open:
        store.release_holds(row, event.at_us)
        return
    rejected = event.kind is EventKind.COMMITTED and event.verdict is Verdict.REJECT_PAY
    if rejected and not after.head.appealed and after.head.due_us is not None:
        store.hold_minutes(row, event.spans_us, after.head.due_us, event.at_us)
