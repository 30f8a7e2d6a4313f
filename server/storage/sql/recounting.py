"""A person's days, counted again when something about them changed, in SQL.

What was decided stays as it was: of a week that is, a recount becomes a correction.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, or_

from server.hours.laying import Waiting, day_parts, in_utc_seconds
from server.hours.overlaps import shares
from server.records import Verdict
from server.records.hours import (
    WHOLE_SESSION_US,
    DayPart,
    Hold,
    HoldEnded,
    Kind,
    Seconds,
    SessionTime,
    Span,
    Stretch,
    ZoneSince,
    week_of,
)
from server.records.timesheets import DECIDED, CorrectionState, SheetState
from server.storage import tables
from server.storage.sql.reviews import SqlReviews

COUNTING = "counting"
"""Who opens timesheets and raises their versions when batches come."""
_WEEK = 7
_ID_BYTES = 16
_OWN, _HOUR, _SHEET, _FIX = (
    tables.session_hours.c,
    tables.hours.c,
    tables.timesheets.c,
    tables.corrections.c,
)
_SECONDS = tuple(Seconds.__slots__)
_COUNTED = tuple(name for name in _SECONDS if name not in {"held_s", "rejected_s"})
_HOLD_COLUMNS = tuple(tables.holds.c[name] for name in Hold.__slots__)
_Key = tuple[int, int, str]
"""Session row, day, zone."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A row of `hours`."""

    row: int
    key: _Key
    seconds: Seconds
    correction: int | None


class SqlRecounting(SqlReviews):
    """Counts; asked by everything that changes what a count rests on."""

    def zones_of(self, person: bytes) -> Sequence[ZoneSince]:
        """The zones that a person's days are counted in, and since when."""
        with self._reading.connect() as connection:
            return self._zones(connection, person)

    def _zones(self, connection: Connection, person: bytes) -> list[ZoneSince]:
        table = tables.zones.c
        query = self._select(tables.zones, table.person, table.since_s, table.zone)
        query = query.where(or_(table.person.is_(None), table.person == person))
        rows = connection.execute(query.order_by(table.since_s, table.row)).all()
        own = [ZoneSince(row.since_s, row.zone) for row in rows if row.person is not None]
        first_s = own[0].since_s if own else None
        everybodys = [ZoneSince(row.since_s, row.zone) for row in rows if row.person is None]
        return [z for z in everybodys if first_s is None or z.since_s < first_s] + own

    def _recount_sessions(
        self, connection: Connection, session_rows: Iterable[int], now_us: int
    ) -> None:
        """Count the days of some sessions again, and of those that lie beside them."""
        query = self._select(tables.session_hours, _OWN.person, _OWN.start_s, _OWN.end_s)
        rows = list(session_rows)
        for row in connection.execute(query.where(_OWN.session.in_(rows))).all():
            self._recount(connection, bytes(row.person), (row.start_s, row.end_s), rows, now_us)

    def _recount(
        self,
        connection: Connection,
        person: bytes,
        around: Span,
        session_rows: Sequence[int],
        now_us: int,
    ) -> None:
        near = self._own_times(connection, person, around, session_rows)
        if not near:
            return
        reach = (min(one.span[0] for one in near), max(one.span[1] for one in near))
        rows = [one.row for one in near]
        everything = self._own_times(connection, person, reach, rows)
        zones = self._zones(connection, person)
        parts = {
            (part.session_row, part.day, part.zone): part.seconds
            for one, share in zip(everything, shares(everything), strict=True)
            if one.row in rows
            for part in day_parts(one, share, zones, self._waiting(connection, one))
        }
        self._lay(connection, person, rows, parts, now_us)

    def _own_times(
        self, connection: Connection, person: bytes, around: Span, also: Sequence[int]
    ) -> list[SessionTime]:
        sessions = tables.sessions
        query = (
            self._select(
                tables.session_hours,
                _OWN.session,
                _OWN.stretches,
                sessions.c.id,
                sessions.c.opened_us,
            )
            .join(sessions, sessions.c.row == _OWN.session)
            .where(
                _OWN.person == person,
                or_(
                    (_OWN.start_s < around[1]) & (_OWN.end_s > around[0]),
                    _OWN.session.in_(also),
                ),
            )
        )
        return [
            SessionTime(row.session, bytes(row.id), row.opened_us, stretches_from(row.stretches))
            for row in connection.execute(query.order_by(_OWN.session)).all()
        ]

    def _waiting(self, connection: Connection, one: SessionTime) -> Waiting:
        """What people decided of a session, and what still waits for that."""
        holds = self._holds(connection, one.row)
        held = [(h.start_us, h.end_us) for h in holds if h.ended_us is None]
        given = [(h.start_us, h.end_us) for h in holds if h.ended_why is HoldEnded.GIVEN_UP]
        decision = self._standing(connection, one.row).decision
        if decision is not None and decision.verdict is Verdict.REJECT_PAY:
            given += list(decision.spans_us) or [WHOLE_SESSION_US]
        return Waiting(in_utc_seconds(one.opened_us, held), in_utc_seconds(one.opened_us, given))

    def _holds(self, connection: Connection, session_row: int) -> list[Hold]:
        hold = tables.holds.c
        query = self._select(tables.holds, *_HOLD_COLUMNS).where(hold.session == session_row)
        return [_as_hold(row) for row in connection.execute(query.order_by(hold.row))]

    def _lay(
        self,
        connection: Connection,
        person: bytes,
        session_rows: Sequence[int],
        parts: Mapping[_Key, Seconds],
        now_us: int,
    ) -> None:
        """Put days in the place of those that were counted before, as far as that may be."""
        before = self._laid(connection, session_rows)
        weeks = {week_of(day) for _, day, _ in [*parts, *(one.key for one in before)]}
        for week in sorted(weeks):
            now = {key: seconds for key, seconds in parts.items() if week_of(key[1]) == week}
            was = [one for one in before if week_of(one.key[1]) == week]
            sheet = self._sheet_of(connection, person, week, now_us)
            if SheetState(sheet.state) in DECIDED:
                changed = self._correct(connection, sheet.row, session_rows, was, now, now_us)
                if sheet.state != SheetState.LOCKED:
                    changed |= self._hold_back(connection, was, now)
            else:
                changed = self._replace(connection, person, was, now)
            if changed:
                self._touch(connection, sheet.row, now_us)

    def _laid(self, connection: Connection, session_rows: Sequence[int]) -> list[_Laid]:
        query = self._select(tables.hours).where(_HOUR.session.in_(session_rows))
        return [
            _Laid(row.row, (row.session, row.day, row.zone), seconds_of(row), row.correction)
            for row in connection.execute(query.order_by(_HOUR.row)).all()
        ]

    def _sheet_of(self, connection: Connection, person: bytes, week: int, now_us: int) -> Any:
        query = self._select(tables.timesheets, _SHEET.row, _SHEET.state).where(
            _SHEET.person == person, _SHEET.week == week
        )
        found = connection.execute(query).one_or_none()
        if found is None:
            values = {
                "id": secrets.token_bytes(_ID_BYTES),
                "person": person,
                "week": week,
                "state": SheetState.OPEN.value,
                "version": 0,
                "changed_us": now_us,
                "changed_by": COUNTING,
            }
            connection.execute(self._insert(tables.timesheets, values))
            found = connection.execute(query).one()
        return found

    def _replace(
        self,
        connection: Connection,
        person: bytes,
        was: Sequence[_Laid],
        now: Mapping[_Key, Seconds],
    ) -> bool:
        if {one.key: one.seconds for one in was} == now:
            return False
        if was:
            gone = self._delete(tables.hours).where(_HOUR.row.in_([one.row for one in was]))
            connection.execute(gone)
        for key, seconds in now.items():
            self._add_hours(connection, person, key, seconds, None)
        return True

    def _add_hours(
        self,
        connection: Connection,
        person: bytes,
        key: _Key,
        seconds: Seconds,
        correction: int | None,
    ) -> None:
        session_row, day, zone = key
        values: dict[str, object] = {"session": session_row, "person": person, "day": day}
        values |= {"zone": zone} | {name: getattr(seconds, name) for name in _SECONDS}
        if correction is not None:
            values["correction"] = correction
        connection.execute(self._insert(tables.hours, values))

    def _correct(
        self,
        connection: Connection,
        sheet: int,
        session_rows: Sequence[int],
        was: Sequence[_Laid],
        now: Mapping[_Key, Seconds],
        now_us: int,
    ) -> bool:
        """Offer what differs; what was offered before of these sessions goes with it."""
        query = self._select(tables.corrections, _FIX.row, _FIX.parts).where(
            _FIX.timesheet == sheet, _FIX.state == CorrectionState.OFFERED
        )
        offered = connection.execute(query).one_or_none()
        before = parts_from(offered.parts) if offered else ()
        others = [part for part in before if part.session_row not in session_rows]
        declined = self._declined(connection, sheet)
        parts = (*others, *(part for part in _differences(was, now) if part not in declined))
        if _as_set(parts) == _as_set(before):
            return False
        if offered is not None:
            change = self._update(tables.corrections).where(_FIX.row == offered.row)
            replaced = {"state": CorrectionState.REPLACED.value, "decided_us": now_us}
            connection.execute(change.values(decided_by=COUNTING, **replaced))
        if parts:
            values: dict[str, object] = {
                "timesheet": sheet,
                "made_us": now_us,
                "parts": parts_as_stored(parts),
                "state": CorrectionState.OFFERED.value,
            }
            connection.execute(self._insert(tables.corrections, values))
        return True

    def _declined(self, connection: Connection, sheet: int) -> frozenset[DayPart]:
        """Differences that somebody declined: counted again, they are no news."""
        query = self._select(tables.corrections, _FIX.parts).where(
            _FIX.timesheet == sheet, _FIX.state == CorrectionState.DECLINED
        )
        rows = connection.execute(query).all()
        return frozenset(part for row in rows for part in parts_from(row.parts))

    def _hold_back(
        self, connection: Connection, was: Sequence[_Laid], now: Mapping[_Key, Seconds]
    ) -> bool:
        """What is held of days that were decided: never more than they came to."""
        left = {key: [seconds.rejected_s, seconds.held_s] for key, seconds in now.items()}
        changed = False
        for one in was:
            rejected_s, held_s = left.get(one.key, [0, 0])
            worked_s = max(one.seconds.worked_s, 0)
            rejects_s = min(rejected_s, worked_s)
            holds_s = min(held_s, worked_s - rejects_s)
            left[one.key] = [rejected_s - rejects_s, held_s - holds_s]
            if (rejects_s, holds_s) != (one.seconds.rejected_s, one.seconds.held_s):
                change = self._update(tables.hours).where(_HOUR.row == one.row)
                connection.execute(change.values(rejected_s=rejects_s, held_s=holds_s))
                changed = True
        return changed

    def _touch(self, connection: Connection, sheet: int, now_us: int) -> None:
        change = self._update(tables.timesheets).where(_SHEET.row == sheet)
        connection.execute(
            change.values(version=_SHEET.version + 1, changed_us=now_us, changed_by=COUNTING)
        )


def seconds_of(row: Any) -> Seconds:
    """The seconds of a row; those of a sum over no rows are none."""
    return Seconds(*(int(getattr(row, name) or 0) for name in _SECONDS))


def stretches_from(stored: bytes) -> tuple[Stretch, ...]:
    """A session's time as it was stored."""
    return msgspec.json.decode(stored, type=tuple[tuple[int, int, Kind], ...])


def parts_from(stored: bytes) -> tuple[DayPart, ...]:
    """A correction's differences as they were stored."""
    return msgspec.json.decode(stored, type=tuple[DayPart, ...])


def parts_as_stored(parts: Sequence[DayPart]) -> bytes:
    """A correction's differences, to be stored."""
    return msgspec.json.encode(parts)


def _as_hold(row: Any) -> Hold:
    why = HoldEnded(row.ended_why) if row.ended_why else None
    return Hold(row.start_us, row.end_us, row.held_us, row.lapses_us, row.ended_us, why)


def _differences(was: Sequence[_Laid], now: Mapping[_Key, Seconds]) -> list[DayPart]:
    sums = {key: _counted(seconds) for key, seconds in now.items()}
    for one in was:
        sums[one.key] = sums.get(one.key, Seconds()) + -_counted(one.seconds)
    return [DayPart(*key, seconds) for key, seconds in sorted(sums.items(), key=_by_key) if seconds]


def _counted(seconds: Seconds) -> Seconds:
    return Seconds(**{name: getattr(seconds, name) for name in _COUNTED})


def _by_key(item: tuple[_Key, Seconds]) -> _Key:
    return item[0]


def _as_set(parts: Iterable[DayPart]) -> frozenset[DayPart]:
    return frozenset(parts)
