"""Counts by day of one organisation, in SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, func

from server.records import How, ReviewEvent, StoredReview
from server.records.overview import CountedDay
from server.storage import tables
from server.storage.sql.review_lists import SqlReviewLists
from server.storage.sql.reviews import as_event, as_review

_DAY, _HOUR, _SESSION = tables.day_figures.c, tables.hours.c, tables.sessions.c
_REVIEW, _EVENT = tables.reviews.c, tables.review_events.c


class SqlDayCounts(SqlReviewLists):
    """See `server.storage.protocols.overview.DayCounts`."""

    def day_figures(self, first: int, last: int) -> Sequence[CountedDay]:
        """What was counted of days."""
        query = self._select(tables.day_figures, _DAY.day, _DAY.document, _DAY.counted_us)
        found = self._all(query.where(_DAY.day.between(first, last)).order_by(_DAY.day))
        return [CountedDay(row.day, bytes(row.document), row.counted_us) for row in found]

    def days_counted(self, first: int) -> Mapping[int, int]:
        """When each was counted."""
        query = self._select(tables.day_figures, _DAY.day, _DAY.counted_us)
        return {row.day: row.counted_us for row in self._all(query.where(_DAY.day >= first))}

    def put_day_figures(self, day: int, document: bytes, now_us: int) -> None:
        """Keep what was counted."""
        values = {"document": document, "counted_us": now_us}
        with self._transaction() as connection:
            change = self._update(tables.day_figures).where(_DAY.day == day)
            if connection.execute(change.values(**values)).rowcount == 0:
                connection.execute(self._insert(tables.day_figures, {"day": day, **values}))

    def first_opened_us(self) -> int | None:
        """When the first session was opened."""
        query = self._select(tables.sessions, _SESSION.opened_us)
        row = self._one(query.order_by(_SESSION.opened_us, _SESSION.row).limit(1))
        return int(row.opened_us) if row else None

    def worked_on(self, day: int) -> int:
        """Seconds worked on a day."""
        worked = func.sum(_HOUR.observed_s + _HOUR.partly_s + _HOUR.manual_s)
        row = self._one(self._select(tables.hours, worked).where(_HOUR.day == day))
        return int(row[0] or 0) if row else 0

    def bands_opened(self, from_us: int, to_us: int) -> Mapping[str, int]:
        """Scored sessions by their band."""
        made, facts = tables.assessments, tables.facts
        controls = tables.control_sessions.c.session
        query = (
            self._select(tables.sessions, made.c.band, func.count().label("sessions"))
            .select_from(tables.sessions)
            .join(facts, facts.c.session == _SESSION.row)
            .join(made, made.c.row == facts.c.assessment)
            .where(_SESSION.opened_us >= from_us, _SESSION.opened_us < to_us)
            .where(~exists().where(controls == _SESSION.row))
            .group_by(made.c.band)
        )
        return {row.band: row.sessions for row in self._all(query)}

    def reviews_decided(self, from_us: int, to_us: int) -> Sequence[StoredReview]:
        """Reviews that were decided."""
        query = self._reviews().where(
            _REVIEW.decided_us >= from_us, _REVIEW.decided_us < to_us, _REVIEW.how != How.CONTROL
        )
        rows = self._all(query)
        if not rows:
            return []
        events: dict[int, list[ReviewEvent]] = {row.row: [] for row in rows}
        happened = self._select(tables.review_events).where(_EVENT.review.in_(events))
        for event in self._all(happened.order_by(_EVENT.review, _EVENT.number)):
            events[event.review].append(as_event(event))
        return [as_review(row, tuple(events[row.row])) for row in rows]
