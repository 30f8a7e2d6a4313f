"""What services ask of storage: reviews, from the flag to the decision."""

from collections.abc import Sequence
from typing import Protocol

from server.records import (
    Happened,
    NewReview,
    ReviewEvent,
    ReviewHead,
    Standing,
    StoredReview,
)


class Reviews(Protocol):
    """Reviews of one organisation. What happened in them is only ever added to."""

    def standing(self, session_row: int) -> Standing:
        """How a session stands between its assessment and its decision."""

    def open_review(self, session_row: int, new: NewReview, now_us: int) -> int | None:
        """Open a review; None, and nothing is stored, if the session had one or is a control."""

    def review(self, review: bytes) -> StoredReview | None:
        """A review by its id, with what happened in it."""

    def review_numbered(self, row: int) -> StoredReview | None:
        """A review by storage's number, with what happened in it."""

    def step_review(
        self,
        review: StoredReview,
        event: ReviewEvent,
        head: ReviewHead,
        announced: Sequence[Happened],
    ) -> bool:
        """Add an event and move the head with it, as one.

        False, and nothing is stored, if something else happened in the review since it was read,
        or if a verdict comes from somebody who does not hold its claim.
        """
