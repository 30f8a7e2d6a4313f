"""Steps of reviews in SQL, each with what it does to pay in one transaction."""

from collections.abc import Sequence

from server.records import (
    OPEN_STAGES,
    Company,
    EventKind,
    Happened,
    PayWaits,
    ReviewEvent,
    ReviewHead,
    StoredReview,
)
from server.storage import tables
from server.storage.sql.holds import SqlHolds
from server.storage.sql.reviews import head_values
from server.storage.sql.submissions import look_again

_REVIEW = tables.reviews.c


class SqlReviewSteps(SqlHolds):
    """The part of `server.storage.protocols.reviews.Reviews` by which reviews move on."""

    def step_review(
        self,
        review: StoredReview,
        event: ReviewEvent,
        head: ReviewHead,
        announced: Sequence[Happened],
        waits: PayWaits | None = None,
        company: Company | None = None,
    ) -> bool:
        """Add an event and move the head with it."""
        number = len(review.events)
        move = self._update(tables.reviews).where(
            _REVIEW.row == review.row, _REVIEW.events == number
        )
        if event.kind is EventKind.COMMITTED:
            move = move.where(_REVIEW.claimed_by == event.person)
        moved = {"events": number + 1, "claimed_by": None, "claimed_until_us": 0}
        if event.kind is EventKind.STATED:
            # Whoever reads the evidence goes on reading, and finds the statement beside it.
            moved = {"events": number + 1}
        with self._transaction() as connection:
            if connection.execute(move.values(**moved, **head_values(head))).rowcount != 1:
                return False
            self._add_event(connection, review.row, number, event)
            row = review.session_row
            if row is not None:
                connection.execute(look_again(row, self.organisation))
                if head.stage not in OPEN_STAGES and not review.rules.control:
                    self._release(connection, row, event.at_us)
                elif waits is not None:
                    self._hold_and_count(connection, row, waits, event.at_us)
            if company is not None:
                self._open_review(connection, company.session_row, company.new, event.at_us)
            for kind in announced:
                self._announce(connection, kind, review.id.hex(), event.at_us)
        return True
