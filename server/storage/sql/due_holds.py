"""Holds of all organisations that are due, in SQL."""

from sqlalchemy import Engine, select

from server.storage import tables


class SqlDueHolds:
    """See `server.storage.protocols.hours.DueHolds`."""

    _reading: Engine

    def due_hold(self, now_us: int) -> tuple[int, int] | None:
        """A hold that has lapsed."""
        hold = tables.holds.c
        query = (
            select(hold.organisation, hold.session)
            .where(hold.ended_us.is_(None), hold.lapses_us <= now_us)
            .order_by(hold.lapses_us)
            .limit(1)
        )
        with self._reading.connect() as connection:
            row = connection.execute(query).one_or_none()
        return (row.organisation, row.session) if row else None
