"""Pay that waits, in SQL. Whoever changes what is held counts the session's days again."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, exists, func

from server.records import Happened, PayWaits
from server.records.hours import WHOLE_SESSION_US, Hold, HoldEnded
from server.storage import tables
from server.storage.sql.recounting import SqlRecounting
from wire.stretches import without

_HOLD = tables.holds.c


class SqlHolds(SqlRecounting):
    """The part of `server.storage.protocols.hours.Hours` about holds."""

    def release_holds(self, session_row: int, now_us: int) -> None:
        """Hold back nothing of a session any longer, but for what a timesheet's dispute holds."""
        with self._transaction() as connection:
            self._release(connection, session_row, now_us)

    def note_near_lapses(self, within_us: int, now_us: int, limit: int) -> int:
        """Announce holds that are about to lapse, each deadline once."""
        twin = tables.holds.alias()
        same_end = (
            twin.c.session == _HOLD.session,
            func.coalesce(twin.c.timesheet, 0) == func.coalesce(_HOLD.timesheet, 0),
            twin.c.lapses_us == _HOLD.lapses_us,
        )
        near = (
            _HOLD.ended_us.is_(None),
            _HOLD.lapses_us > now_us,
            _HOLD.lapses_us <= now_us + within_us,
            _HOLD.noticed_us.is_(None),
        )
        told = exists().where(*same_end, twin.c.noticed_us.is_not(None))
        columns = (_HOLD.row, _HOLD.session, _HOLD.timesheet, told.label("told"))
        query = self._select(tables.holds, *columns).where(*near).limit(limit)
        # Asked each minute, and mostly in vain: nobody else has to wait for that.
        if not self._all(query.limit(1)):
            return 0
        with self._transaction() as connection:
            found = connection.execute(query).all()
            noted = self._update(tables.holds).where(_HOLD.row.in_([row.row for row in found]))
            connection.execute(noted.values(noticed_us=now_us))
            new = [row for row in found if not row.told]
            sheets = sorted({row.timesheet for row in new if row.timesheet is not None})
            for row in sheets:
                self._announce_row(
                    connection, tables.timesheets, Happened.WEEK_LAPSE_NEAR, row, now_us
                )
            for row in sorted({row.session for row in new if row.timesheet is None}):
                self._announce_row(connection, tables.sessions, Happened.HOLD_NEAR, row, now_us)
        return len(found)

    def _announce_row(
        self, connection: Connection, table: Table, kind: Happened, row: int, now_us: int
    ) -> None:
        named = self._select(table, table.c.id).where(table.c.row == row)
        self._announce(
            connection, kind, bytes(connection.execute(named).scalar_one()).hex(), now_us
        )

    def holds(self, session_row: int) -> Sequence[Hold]:
        """All holds of a session."""
        with self._reading.connect() as connection:
            return self._holds(connection, session_row)

    def _hold_and_count(
        self, connection: Connection, session_row: int, waits: PayWaits, now_us: int
    ) -> None:
        self._hold(connection, session_row, waits, now_us)
        self._recount_sessions(connection, [session_row], now_us)

    def _release(self, connection: Connection, session_row: int, now_us: int) -> None:
        mine = (_HOLD.session == session_row, _HOLD.timesheet.is_(None))
        self._end_holds(connection, mine, HoldEnded.RELEASED, now_us)
        self._recount_sessions(connection, [session_row], now_us)

    def _hold(
        self,
        connection: Connection,
        session_row: int,
        waits: PayWaits,
        now_us: int,
        timesheet: int | None = None,
    ) -> None:
        before = self._holds(connection, session_row)
        # Held again while it is held: the time runs from the first hold.
        first_us = min([now_us, *(hold.held_us for hold in before if hold.ended_us is None)])
        times = {"held_us": now_us, "lapses_us": min(waits.lapses_us, first_us + waits.hold_us)}
        lapsed = [
            (hold.start_us, hold.end_us) for hold in before if hold.ended_why is HoldEnded.LAPSED
        ]
        for start_us, end_us in without(waits.spans_us or [WHOLE_SESSION_US], lapsed):
            values = {"session": session_row, "start_us": start_us, "end_us": end_us}
            if timesheet is not None:
                values["timesheet"] = timesheet
            connection.execute(self._insert(tables.holds, values | times))

    def _end_holds(
        self, connection: Connection, which: Iterable[Any], why: HoldEnded, now_us: int
    ) -> None:
        ending = self._update(tables.holds).where(*which, _HOLD.ended_us.is_(None))
        connection.execute(ending.values(ended_us=now_us, ended_why=why.value))
