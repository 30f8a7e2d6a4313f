"""Pay held back as a verdict holds it, whatever else is known of the session."""

from collections.abc import Sequence

from server.records import (
    EventKind,
    How,
    NewReview,
    PayWaits,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Stage,
    StoredReview,
)
from server.storage.protocols import OrganisationStore

_FLAG = NewReview(How.FLAG, 1.0, 0.9, 1.0, ReviewRules(1 << 50, 1 << 50))


def review_of(own: OrganisationStore, session_row: int) -> StoredReview:
    """The review of a session, opened if there is none."""
    own.open_review(session_row, _FLAG, 0)
    listed = next(one for one in own.reviews(None, 99) if one.session_row == session_row)
    review = own.review(listed.id)
    assert review is not None
    return review


def hold(
    own: OrganisationStore,
    session_row: int,
    spans_us: Sequence[tuple[int, int]],
    lapses_us: int,
    now_us: int,
) -> None:
    """Hold minutes of a session; no stretches: all of it."""
    review = review_of(own, session_row)
    said = ReviewEvent(EventKind.STATED, now_us)
    waits = PayWaits(tuple(spans_us), lapses_us)
    assert own.step_review(review, said, ReviewHead(Stage.REVIEWER, 1 << 60), [], waits)
