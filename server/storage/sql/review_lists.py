"""Lists of reviews, and their end when their person goes, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from server.records import EventKind, How, ReviewEvent, Stage, StoredReview, Verdict
from server.storage import tables
from server.storage.sql.review_closing import SqlReviewClosing
from server.storage.sql.reviews import as_event, as_review

_REVIEW = tables.reviews.c
_EVENT = tables.review_events.c
_SESSION = tables.sessions.c


class SqlReviewLists(SqlReviewClosing):
    """See `server.storage.protocols.reviews.Reviews`."""

    def reviews(self, before_row: int | None, limit: int) -> Sequence[StoredReview]:
        """Reviews, newest first."""
        query = self._real().order_by(_REVIEW.row.desc()).limit(limit)
        if before_row is not None:
            query = query.where(_REVIEW.row < before_row)
        return [as_review(row) for row in self._all(query)]

    def reviews_of(self, trainer: bytes) -> Sequence[StoredReview]:
        """Reviews of a person's sessions."""
        query = self._real().where(_SESSION.person == trainer)
        return [as_review(row) for row in self._all(query.order_by(_REVIEW.row.desc()))]

    def upheld_sessions(self, person: bytes, before_row: int, limit: int) -> Sequence[int]:
        """Sessions of a person that people said are genuine."""
        kept = self._select(tables.reviews, _REVIEW.session).where(
            _REVIEW.stage == Stage.DECIDED,
            _REVIEW.verdict == Verdict.KEEP,
            _REVIEW.by_silence.is_(False),
            _REVIEW.how != How.CONTROL,
        )
        query = self._select(tables.sessions, _SESSION.row).where(
            _SESSION.person == person, _SESSION.row < before_row, _SESSION.row.in_(kept)
        )
        found = self._all(query.order_by(_SESSION.row.desc()).limit(limit))
        return [row.row for row in found]

    def reviews_by(self, reviewer: bytes, limit: int) -> Sequence[StoredReview]:
        """Reviews in which a person committed."""
        spoke = self._committed().where(_EVENT.person == reviewer)
        query = self._reviews().where(_REVIEW.row.in_(spoke)).order_by(_REVIEW.row.desc())
        return [as_review(row) for row in self._all(query.limit(limit))]

    def committed_reviews(self, after_row: int, limit: int) -> Sequence[StoredReview]:
        """Reviews in which anybody committed, with their events."""
        query = (
            self._reviews()
            .where(_REVIEW.row > after_row, _REVIEW.row.in_(self._committed()))
            .order_by(_REVIEW.row)
            .limit(limit)
        )
        rows = self._all(query)
        events: dict[int, list[ReviewEvent]] = {row.row: [] for row in rows}
        happened = self._select(tables.review_events).where(_EVENT.review.in_(events))
        for event in self._all(happened.order_by(_EVENT.review, _EVENT.number)):
            events[event.review].append(as_event(event))
        return [as_review(row, tuple(events[row.row])) for row in rows]

    def close_reviews_of(self, trainer: bytes, now_us: int) -> int:
        """Close whatever is open of a person's sessions."""
        with self._transaction() as connection:
            return self._close_reviews(connection, _SESSION.person == trainer, now_us)

    def forget_reviews_of(self, trainer: bytes, now_us: int) -> int:
        """Close them, delete what was written in them, and no longer say whose they were."""
        with self._transaction() as connection:
            self._close_reviews(connection, _SESSION.person == trainer, now_us)
            theirs = select(_SESSION.row).where(
                _SESSION.organisation == self.organisation, _SESSION.person == trainer
            )
            query = self._select(tables.reviews, _REVIEW.row).where(_REVIEW.session.in_(theirs))
            rows = [int(row[0]) for row in connection.execute(query)]
            event = self._update(tables.review_events).where(_EVENT.review.in_(rows))
            # The trainer's own events name them; a reviewer's say who reviewed.
            own = event.where(_EVENT.person == trainer)
            connection.execute(event.values(text=None))
            connection.execute(own.values(person=None))
            unlink = self._update(tables.reviews).where(_REVIEW.row.in_(rows))
            connection.execute(unlink.values(session=None))
            controls, seen = tables.control_sessions, tables.seen_in_full
            for table in (controls, seen):
                connection.execute(self._delete(table).where(table.c.session.in_(theirs)))
        self._database.forget_overwritten()
        return len(rows)

    def _real(self) -> Select[Any]:
        return self._reviews().where(_REVIEW.how != How.CONTROL)

    def _committed(self) -> Select[Any]:
        return self._select(tables.review_events, _EVENT.review).where(
            _EVENT.kind == EventKind.COMMITTED
        )
