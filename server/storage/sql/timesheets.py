"""Weekly timesheets in SQL. Every step is a conditional write: who decides saw that version."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, select

from server.records import EVERYBODY, Happened, PayWaits, Sight
from server.records.hours import HoldEnded, Seconds
from server.records.timesheets import (
    Correction,
    CorrectionState,
    Move,
    SheetState,
    Timesheet,
)
from server.storage import tables
from server.storage.sql.bound import unindexed
from server.storage.sql.holds import SqlHolds
from server.storage.sql.recounting import parts_from, seconds_of
from server.storage.sql.sights import within

LAPSE = "lapse"
"""Who decides where nobody did in time."""
_SHEET, _HOUR, _FIX, _HOLD = (
    tables.timesheets.c,
    tables.hours.c,
    tables.corrections.c,
    tables.holds.c,
)
_WEEK_LAST = 6
_STAMPS = {
    SheetState.SUBMITTED: ("submitted_us", Happened.TIMESHEET_SUBMITTED),
    SheetState.DISPUTED: ("disputed_us", Happened.TIMESHEET_DISPUTED),
    SheetState.APPROVED: ("approved_us", Happened.TIMESHEET_APPROVED),
    SheetState.LOCKED: ("locked_us", Happened.TIMESHEET_LOCKED),
}
_AS_ROW = tuple(
    name for name in Timesheet.__slots__ if name not in {"person_name", "person_removed", "seconds"}
)


class SqlTimesheets(SqlHolds):
    """The part of `server.storage.protocols.hours.Hours` about weeks."""

    def timesheets(
        self,
        sight: Sight,
        limit: int,
        before_row: int | None = None,
        week: int | None = None,
        state: SheetState | None = None,
        person: bytes | None = None,
    ) -> Sequence[Timesheet]:
        """Timesheets, the newest first."""
        asked: list[ColumnElement[bool]] = within(sight, _SHEET.person, self.organisation)
        asked += [_SHEET.row < before_row] if before_row is not None else []
        asked += [_SHEET.week == week] if week is not None else []
        asked += [_SHEET.state == state.value] if state is not None else []
        asked += [_SHEET.person == person] if person is not None else []
        page = self._select(tables.timesheets, _SHEET.row).where(*asked)
        page = page.order_by(_SHEET.row.desc()).limit(limit)
        # Read first: SQLite would walk all of the organisation's weeks for those of a subquery.
        rows = [row[0] for row in self._all(page)]
        if not rows:
            return []
        query = self._sheets(unindexed(_SHEET.organisation, 0)).where(_SHEET.row.in_(rows))
        return [_as_sheet(row) for row in self._all(query.order_by(_SHEET.row.desc()))]

    def timesheet(self, timesheet: bytes, sight: Sight = EVERYBODY) -> Timesheet | None:
        """A timesheet, if it is within sight."""
        seen = within(sight, _SHEET.person, self.organisation)
        row = self._one(self._sheets().where(_SHEET.id == timesheet, *seen))
        return _as_sheet(row) if row else None

    def note_unsubmitted(self, weeks: tuple[int, int], now_us: int, limit: int) -> int:
        """Announce open timesheets of some weeks, once."""
        query = self._select(tables.timesheets, _SHEET.row, _SHEET.id).where(
            _SHEET.week.between(*weeks),
            _SHEET.state == SheetState.OPEN.value,
            _SHEET.noticed_us.is_(None),
        )
        if not self._all(query.limit(1)):
            return 0
        with self._transaction() as connection:
            found = connection.execute(query.order_by(_SHEET.row).limit(limit)).all()
            mine = _SHEET.row.in_([row.row for row in found])
            noted = self._update(tables.timesheets).where(mine)
            connection.execute(noted.values(noticed_us=now_us))
            for row in found:
                self._announce(connection, Happened.WEEK_UNSUBMITTED, bytes(row.id).hex(), now_us)
        return len(found)

    def move_timesheet(self, sheet: Timesheet, move: Move, now_us: int) -> bool:
        """Take a step, if the timesheet is still as it was seen."""
        with self._transaction() as connection:
            if not self._step(connection, sheet.row, sheet.version, move, now_us):
                return False
            disputed = [one.session_row for one in move.disputed]
            for one in move.disputed:
                span = ((one.start_us, one.end_us),)
                waits = PayWaits(span, now_us + one.hold_us, one.hold_us)
                self._hold(connection, one.session_row, waits, now_us, sheet.row)
            if move.to is SheetState.APPROVED:
                why = HoldEnded.GIVEN_UP if move.gives_up else HoldEnded.RELEASED
                disputed = self._disputed(connection, sheet.row)
                self._end_holds(connection, [_HOLD.timesheet == sheet.row], why, now_us)
            self._recount_sessions(connection, disputed, now_us)
            self._announce_step(connection, sheet, move, now_us)
        return True

    def corrections(self, timesheet_row: int) -> Sequence[Correction]:
        """What was recounted of a week after it was decided, in order."""
        query = self._select(tables.corrections).where(_FIX.timesheet == timesheet_row)
        return [_as_correction(row) for row in self._all(query.order_by(_FIX.row))]

    def accept_correction(self, sheet: Timesheet, correction: int, by: str, now_us: int) -> bool:
        """Have a correction count, if it is still offered."""
        mine = self._still_offered(sheet, correction)
        accept = self._update(tables.corrections).where(*mine)
        with self._transaction() as connection:
            found = connection.execute(
                self._select(tables.corrections, _FIX.parts).where(*mine)
            ).one_or_none()
            if found is None:
                return False
            state = CorrectionState.ACCEPTED.value
            connection.execute(accept.values(state=state, decided_us=now_us, decided_by=by))
            self._announce(connection, Happened.CORRECTION_ACCEPTED, sheet.id.hex(), now_us)
            parts = parts_from(found.parts)
            for part in parts:
                key = (part.session_row, part.day, part.zone)
                self._add_hours(connection, sheet.person, key, part.seconds, correction)
            self._touch(connection, sheet.row, now_us)
            rows = {part.session_row for part in parts}
            self._recount_sessions(connection, rows, now_us)
        return True

    def decline_correction(
        self, sheet: Timesheet, correction: int, by: str, reason: str, now_us: int
    ) -> bool:
        """Let a correction never count, if it is still offered."""
        decline = self._update(tables.corrections).where(*self._still_offered(sheet, correction))
        declined = {"state": CorrectionState.DECLINED.value, "decided_us": now_us}
        with self._transaction() as connection:
            change = decline.values(decided_by=by, reason=reason, **declined)
            if connection.execute(change).rowcount != 1:
                return False
            self._touch(connection, sheet.row, now_us)
            self._announce(connection, Happened.CORRECTION_DECLINED, sheet.id.hex(), now_us)
        return True

    def _still_offered(self, sheet: Timesheet, correction: int) -> tuple[ColumnElement[bool], ...]:
        return (
            _FIX.row == correction,
            _FIX.timesheet == sheet.row,
            _FIX.state == CorrectionState.OFFERED.value,
        )

    def lapse_holds(self, session_row: int, now_us: int) -> bool:
        """End the holds of a session that are due, for the trainer; whether any was."""
        due = (
            _HOLD.session == session_row,
            _HOLD.ended_us.is_(None),
            _HOLD.lapses_us <= now_us,
        )
        sessions = tables.sessions
        with self._transaction() as connection:
            query = self._select(tables.holds, _HOLD.timesheet).where(*due)
            disputes = [row.timesheet for row in connection.execute(query).all()]
            if not disputes:
                return False
            self._end_holds(connection, due, HoldEnded.LAPSED, now_us)
            self._recount_sessions(connection, [session_row], now_us)
            named = self._select(sessions, sessions.c.id).where(sessions.c.row == session_row)
            session = bytes(connection.execute(named).scalar_one())
            self._announce(connection, Happened.HOLD_LAPSED, session.hex(), now_us)
            for row in {row for row in disputes if row is not None}:
                self._end_dispute(connection, row, now_us)
        return True

    def _end_dispute(self, connection: Connection, timesheet_row: int, now_us: int) -> None:
        """Nobody decided in time: the whole week stands as the trainer submitted it."""
        query = self._select(tables.holds, _HOLD.row).where(
            _HOLD.timesheet == timesheet_row, _HOLD.ended_us.is_(None)
        )
        row = connection.execute(self._sheets().where(_SHEET.row == timesheet_row)).one()
        sheet = _as_sheet(row)
        if connection.execute(query.limit(1)).first() or sheet.state is not SheetState.DISPUTED:
            return
        move = Move(SheetState.APPROVED, LAPSE)
        self._step(connection, sheet.row, sheet.version, move, now_us)
        self._announce_step(connection, sheet, move, now_us)

    def _step(
        self, connection: Connection, row: int, version: int, move: Move, now_us: int
    ) -> bool:
        stamp, _ = _STAMPS[move.to]
        values: dict[str, object] = {
            "state": move.to.value,
            "version": version + 1,
            "changed_us": now_us,
            "changed_by": move.by,
        }
        if move.answer is not None:
            values["answer"] = move.answer
        else:
            values[stamp] = now_us
        if move.reason is not None:
            values |= {"reason": move.reason, "answer": None}
        if move.to is SheetState.APPROVED or move.disputed:
            numbers = connection.execute(self._sheets().where(_SHEET.row == row)).one()
            values["numbers"] = msgspec.json.encode(seconds_of(numbers))
        change = self._update(tables.timesheets).where(_SHEET.row == row, _SHEET.version == version)
        return connection.execute(change.values(**values)).rowcount == 1

    def _announce_step(
        self, connection: Connection, sheet: Timesheet, move: Move, now_us: int
    ) -> None:
        if move.answer is None or move.to is not SheetState.DISPUTED:
            _, kind = _STAMPS[move.to]
            self._announce(connection, kind, sheet.id.hex(), now_us)

    def _disputed(self, connection: Connection, timesheet_row: int) -> list[int]:
        query = self._select(tables.holds, _HOLD.session).where(_HOLD.timesheet == timesheet_row)
        return [row.session for row in connection.execute(query.distinct()).all()]

    def _sheets(self, organisation: ColumnElement[Any] = _SHEET.organisation) -> Select[Any]:
        people, sheets = tables.people, tables.timesheets
        own = (
            (_HOUR.person == _SHEET.person)
            & (_HOUR.day >= _SHEET.week)
            & (_HOUR.day <= _SHEET.week + _WEEK_LAST)
            & (_HOUR.organisation == self.organisation)
        )
        sums: Iterable[ColumnElement[Any]] = (
            func.sum(_HOUR[name]).label(name) for name in Seconds.__slots__
        )
        columns = [_SHEET[name] for name in _AS_ROW]
        return (
            select(*columns, people.c.name, people.c.removed_us, *sums)
            .select_from(sheets)
            .where(organisation == self.organisation)
            .join(people, people.c.id == _SHEET.person)
            .outerjoin(tables.hours, own)
            .group_by(*columns, people.c.name, people.c.removed_us)
        )


def _as_sheet(row: Any) -> Timesheet:
    return Timesheet(
        **{name: getattr(row, name) for name in _AS_ROW if name != "state"},
        state=SheetState(row.state),
        person_name=row.name,
        person_removed=row.removed_us is not None,
        seconds=seconds_of(row),
    )


def _as_correction(row: Any) -> Correction:
    return Correction(
        row.row,
        row.made_us,
        CorrectionState(row.state),
        parts_from(row.parts),
        row.decided_us,
        row.decided_by,
        row.reason,
    )
