"""Hours that payroll counts, and what is held of them, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from server.records.hours import HOLD_MAX_US, WHOLE_SESSION_US, Hold, HoldEnded
from server.storage import tables
from server.storage.sql.bound import Bound
from wire.stretches import without

_HOLD = tables.holds.c
_COLUMNS = tuple(_HOLD[name] for name in Hold.__slots__)


class SqlHours(Bound):
    """See `server.storage.protocols.hours.Hours`."""

    def hold_minutes(
        self,
        session_row: int,
        spans_us: Sequence[tuple[int, int]],
        lapses_us: int,
        now_us: int,
    ) -> None:
        """Hold back the pay of stretches of session time."""
        times = {"held_us": now_us, "lapses_us": min(lapses_us, now_us + HOLD_MAX_US)}
        with self._transaction() as connection:
            lapsed = [
                (hold.start_us, hold.end_us)
                for hold in self._holds(connection, session_row)
                if hold.ended_why is HoldEnded.LAPSED
            ]
            for start_us, end_us in without(spans_us or [WHOLE_SESSION_US], lapsed):
                values = {"session": session_row, "start_us": start_us, "end_us": end_us}
                connection.execute(self._insert(tables.holds, values | times))

    def release_holds(self, session_row: int, now_us: int) -> None:
        """Hold back nothing of a session any longer."""
        held = self._update(tables.holds).where(
            _HOLD.session == session_row, _HOLD.ended_us.is_(None)
        )
        with self._transaction() as connection:
            connection.execute(held.values(ended_us=now_us, ended_why=HoldEnded.RELEASED))

    def holds(self, session_row: int) -> Sequence[Hold]:
        """All holds of a session."""
        with self._reading.connect() as connection:
            return self._holds(connection, session_row)

    def _holds(self, connection: Connection, session_row: int) -> list[Hold]:
        query = self._select(tables.holds, *_COLUMNS).where(_HOLD.session == session_row)
        return [_as_hold(row) for row in connection.execute(query.order_by(_HOLD.row))]


def _as_hold(row: Any) -> Hold:
    why = HoldEnded(row.ended_why) if row.ended_why else None
    return Hold(row.start_us, row.end_us, row.held_us, row.lapses_us, row.ended_us, why)
