"""`/v1/reviews`: how reviews stand, and what was decided."""

from typing import Annotated

from fastapi import APIRouter, Depends, Security
from pydantic.dataclasses import dataclass
from starlette.responses import StreamingResponse

from server.clock import iso_utc
from server.http.paging import PageAsked, Paging
from server.records import Decision, How, Scope, Stage, StoredReview, Verdict
from server.reviews.exporting import DecisionExport, DecisionLine
from server.reviews.published import PublishedReviews
from server.routes.v1.asking import AskerOf
from server.routes.v1.exports import First, Format, Last, answers_of, exported
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker

_US = 1_000_000


@dataclass(frozen=True, slots=True)
class StretchOut:
    """A stretch of session time, in seconds from clock-in."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class DecisionOut:
    """What was decided. An adverse verdict is the word of two people at least."""

    verdict: Verdict
    decided_at: str
    stretches: list[StretchOut]
    """What it is about; none: the whole session."""
    by_silence: bool
    """Nobody decided in time, so it fell to the trainer."""


@dataclass(frozen=True, slots=True)
class ReviewOut:
    """A review of one session.

    `due_at` is when silence decides, or until when the trainer can appeal. `session` is null once
    its person was erased. While an appeal is open, `decision` is the one in force.
    """

    id: str
    session: str | None
    how: How
    """`flag`: the detector found something; `random`, `company`: drawn without any suspicion."""
    stage: Stage
    opened_at: str
    due_at: str | None
    appealed: bool
    decision: DecisionOut | None


@dataclass(frozen=True, slots=True)
class ReviewsOut:
    """A page of reviews, newest first; `next` is the cursor of the page after, null at the end."""

    reviews: list[ReviewOut]
    next: str | None


@dataclass(frozen=True, slots=True)
class DecisionsExportOut:
    """All decisions of some days."""

    decisions: list[DecisionLine]


def reviews_router(
    published: PublishedReviews, export: DecisionExport, asker_of: AskerOf, paging: Paging
) -> APIRouter:
    """The routes about reviews."""
    router = APIRouter(prefix="/v1", tags=["reviews"], route_class=StrictRoute)
    ReviewsReader = Annotated[Asker, Security(asker_of, scopes=[Scope.REVIEWS_READ.value])]  # noqa: N806

    Exporter = Annotated[Asker, Security(asker_of, scopes=[Scope.EXPORTS_READ.value])]  # noqa: N806

    @router.get("/reviews")
    def reviews(asker: ReviewsReader, asked: Annotated[PageAsked, Depends(paging)]) -> ReviewsOut:
        """Reviews, newest first."""
        found = published.reviews(asker, asked.to_read, asked.after(asker, int))
        page = asked.page(asker, found, lambda review: review.row)
        return ReviewsOut([_review_out(review) for review in page.items], page.next)

    @router.get("/reviews/{review_id}")
    def review(review_id: str, asker: ReviewsReader) -> ReviewOut:
        """One review."""
        return _review_out(published.review(asker, review_id))

    @router.get("/exports/decisions", responses=answers_of(DecisionsExportOut), response_model=None)
    def decisions_exported(
        asker: Exporter,
        first: First,
        last: Last,
        format: Format = Format.CSV,  # noqa: A002 - the parameter's name
    ) -> StreamingResponse:
        """Every decision of some days (UTC), the newest review first, as CSV or JSON, streamed.

        While an appeal is open, the decision is the one in force.
        """
        return exported(export, asker, "decisions", first, last, format)

    return router


def _review_out(review: StoredReview) -> ReviewOut:
    head = review.head
    return ReviewOut(
        id=review.id.hex(),
        session=review.session.hex() if review.session else None,
        how=review.how,
        stage=head.stage,
        opened_at=iso_utc(review.opened_us),
        due_at=iso_utc(head.due_us) if head.due_us is not None else None,
        appealed=head.appealed,
        decision=_decision_out(head.decision) if head.decision else None,
    )


def _decision_out(decision: Decision) -> DecisionOut:
    return DecisionOut(
        verdict=decision.verdict,
        decided_at=iso_utc(decision.decided_us),
        stretches=[StretchOut(start / _US, end / _US) for start, end in decision.spans_us],
        by_silence=decision.by_silence,
    )
