"""One more event in a review, and what follows from it: who is told, whose pay waits."""

from collections.abc import Sequence

from server.errors import Refusal
from server.language import N_
from server.records import (
    Company,
    EventKind,
    Happened,
    PayWaits,
    ReviewEvent,
    Stage,
    StoredReview,
    Verdict,
)
from server.reviews.machine import NotAllowed, ReviewState, state_of, step
from server.storage.protocols import OrganisationStore
from wire.problems import ProblemCode


def conflict(why: str, **values: object) -> Refusal:
    """What is asked for does not fit how the review stands."""
    return Refusal(ProblemCode.CONFLICT, 409, why, values=values)


def move(
    store: OrganisationStore,
    review: StoredReview,
    event: ReviewEvent,
    company: Company | None = None,
) -> ReviewState:
    """Add an event to a review, with the company that it is given; what it has led to.

    Raises:
        Refusal: the review does not take it now, and why; nothing was stored.
    """
    try:
        before = state_of(review.events, review.rules)
        after = step(before, event, review.rules)
    except NotAllowed as error:
        raise conflict(error.message, **error.values) from error
    announced = _announced(before, after, review)
    waits = _waits(event, after, review)
    if not store.step_review(review, event, after.head, announced, waits, company):
        raise conflict(
            N_(
                "Something else happened in this review meanwhile, or it is no longer yours; "
                "open it again."
            )
        )
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


def _waits(event: ReviewEvent, after: ReviewState, review: StoredReview) -> PayWaits | None:
    """Pay waits from a person's word to the decision; never by a program's, and never for long."""
    rejected = event.kind is EventKind.COMMITTED and event.verdict is Verdict.REJECT_PAY
    due_us = after.head.due_us
    if review.rules.control or after.head.appealed or not rejected or due_us is None:
        return None
    return PayWaits(event.spans_us, due_us, review.rules.hold_us)
