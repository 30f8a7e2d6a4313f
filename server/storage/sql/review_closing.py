"""Reviews that end without reviewers, in SQL, with what that does to pay."""

from sqlalchemy import ColumnElement, Connection, select

from server.records import (
    OPEN_STAGES,
    Decision,
    EventKind,
    Happened,
    How,
    ReviewEvent,
    ReviewHead,
    Stage,
    Verdict,
)
from server.storage import tables
from server.storage.sql.holds import SqlHolds
from server.storage.sql.reviews import head_values
from server.storage.sql.submissions import look_again

_REVIEW = tables.reviews.c


class SqlReviewClosing(SqlHolds):
    """Closes reviews, inside the transaction of whatever gives the reason."""

    def _close_reviews(
        self, connection: Connection, whose: ColumnElement[bool], now_us: int
    ) -> int:
        """End what is open of some sessions, and hold none of their pay; how many reviews were.

        Nothing is decided, but where an appeal was open: that falls to the trainer, as it does
        when its time is over.
        """
        sessions = tables.sessions.c
        rows = select(sessions.row).where(sessions.organisation == self.organisation, whose)
        names = ("row", "id", "session", "events", "how", "appealed", "began_us")
        query = self._select(tables.reviews, *(_REVIEW[name] for name in names))
        waiting = query.where(_REVIEW.session.in_(rows), _REVIEW.stage.in_(OPEN_STAGES))
        found = connection.execute(waiting).all()
        for row in found:
            move = self._update(tables.reviews).where(
                _REVIEW.row == row.row, _REVIEW.events == row.events
            )
            head = _ended(row.appealed, row.began_us, now_us)
            moved = {"events": row.events + 1, "claimed_by": None, "claimed_until_us": 0}
            connection.execute(move.values(**head_values(head) | moved))
            event = ReviewEvent(EventKind.CLOSED, now_us)
            self._add_event(connection, row.row, row.events, event)
            connection.execute(look_again(row.session, self.organisation))
            if row.how != How.CONTROL:
                self._release(connection, row.session, now_us)
                ended = Happened.APPEAL_DECIDED if row.appealed else Happened.REVIEW_CLOSED
                self._announce(connection, ended, row.id.hex(), now_us)
        return len(found)


def _ended(appealed: bool, began_us: int, now_us: int) -> ReviewHead:
    """As `server.reviews.machine` has it."""
    if not appealed:
        return ReviewHead(Stage.CLOSED, None, began_us=began_us)
    kept = Decision(Verdict.KEEP, now_us, by_silence=True)
    return ReviewHead(Stage.DECIDED, None, kept, appealed=True, began_us=began_us)
