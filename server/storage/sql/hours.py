"""Hours that payroll counts, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import func, tuple_

from server.records import EVERYBODY, Job, Sight
from server.records.hours import Seconds, Stretch
from server.records.timesheets import HoursKey, HoursLine, SheetState
from server.storage import tables
from server.storage.sql.recounting import stretches_from
from server.storage.sql.sights import within
from server.storage.sql.timesheets import SqlTimesheets
from server.storage.sql.zones import SqlZones

_OWN, _HOUR = tables.session_hours.c, tables.hours.c
_SECONDS_FROM = HoursLine.__slots__.index("seconds")
_STATES = {state.value: state for state in SheetState}


class SqlHours(SqlTimesheets, SqlZones):
    """See `server.storage.protocols.hours.Hours`."""

    def session_stretches(self, session_rows: Sequence[int]) -> Mapping[int, Sequence[Stretch]]:
        """What sessions say of their person's time, by their numbers."""
        query = self._select(tables.session_hours, _OWN.session, _OWN.stretches)
        rows = self._all(query.where(_OWN.session.in_(session_rows)))
        return {row.session: stretches_from(row.stretches) for row in rows}

    def put_hours(self, job: Job, stretches: Sequence[Stretch], now_us: int) -> bool:
        """Store what a session says of its person's time, and count the days that it touches."""
        jobs, sessions = tables.scoring_jobs, tables.sessions
        claimed = self._select(jobs, sessions.c.person, sessions.c.opened_us).where(
            sessions.c.row == jobs.c.session,
            jobs.c.session == job.session_row,
            jobs.c.done.is_(False),
            jobs.c.worker == job.worker,
            jobs.c.claims == job.claim,
        )
        known = self._select(tables.session_hours).where(_OWN.session == job.session_row)
        with self._transaction() as connection:
            session = connection.execute(claimed).one_or_none()
            if session is None:
                return False
            at_s = session.opened_us // 1_000_000
            values: dict[str, Any] = {
                "start_s": stretches[0][0] if stretches else at_s,
                "end_s": stretches[-1][1] if stretches else at_s,
                "stretches": msgspec.json.encode(stretches),
            }
            around = (values["start_s"], values["end_s"])
            before = connection.execute(known).one_or_none()
            if before is None:
                own = {"session": job.session_row, "person": session.person}
                connection.execute(self._insert(tables.session_hours, own | values))
            elif not stretches:
                # Its evidence is no longer kept: what was counted from it stands.
                return True
            else:
                around = (min(around[0], before.start_s), max(around[1], before.end_s))
                change = self._update(tables.session_hours)
                connection.execute(change.where(_OWN.session == job.session_row).values(**values))
            person = bytes(session.person)
            self._recount(connection, person, around, [job.session_row], now_us)
        return True

    def hours_lines(
        self,
        days: tuple[int, int],
        limit: int,
        after: HoursKey | None = None,
        person: bytes | None = None,
        sight: Sight = EVERYBODY,
    ) -> Sequence[HoursLine]:
        """What sessions count for, day by day."""
        first, last = days
        sessions, people, projects = tables.sessions, tables.people, tables.projects
        sheet = tables.timesheets
        week = _HOUR.day - (_HOUR.day - 1) % 7
        key = (_HOUR.day, _HOUR.session, _HOUR.zone, func.coalesce(_HOUR.correction, 0))
        seen = within(sight, _HOUR.person, self.organisation)
        columns = (
            *(_HOUR.day, _HOUR.zone, sessions.c.id, _HOUR.session, sessions.c.opened_us),
            *(_HOUR.person, people.c.name, projects.c.id, projects.c.name),
            *(_HOUR[name] for name in Seconds.__slots__),
            *(_HOUR.correction, sheet.c.state),
        )
        query = (
            self._select(tables.hours, *columns)
            .join(sessions, sessions.c.row == _HOUR.session)
            .join(people, people.c.id == _HOUR.person)
            .join(projects, projects.c.id == sessions.c.project)
            .join(sheet, (sheet.c.person == _HOUR.person) & (sheet.c.week == week))
            .where(_HOUR.day >= first, _HOUR.day <= last, *seen)
            .order_by(*key)
            .limit(limit)
        )
        if after is not None:
            # The day once more by itself: not every database finds it in a row of values.
            query = query.where(_HOUR.day >= after[0], tuple_(*key) > tuple_(*after))
        if person is not None:
            query = query.where(_HOUR.person == person)
        return [_as_line(row) for row in self._all(query)]


def _as_line(row: Any) -> HoursLine:
    # By place and not by name: a month of everybody is half a million of these.
    seconds, state = Seconds(*row[_SECONDS_FROM:-2]), _STATES[row[-1]]
    values: tuple[Any, ...] = (*row[:_SECONDS_FROM], seconds, row[-2], state)
    return HoursLine(*values)
