"""Pages of one organisation's lists, in SQL.

What is on a page is found first, by one index and no more rows than the page has; the rest is
joined to that. Sessions that are not scored are few among a million and have a row in
`scoring_states` until they are: a list of them begins there.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, exists, select, tuple_

from server.records import DeviceLine, Project, SessionLine, SessionState
from server.records.listing import SessionFilter
from server.storage import tables
from server.storage.sql.devices import SqlDevices, as_device_line
from server.storage.sql.evidence import SqlEvidence, as_line
from server.storage.sql.projects import SqlProjects

_SESSION = tables.sessions.c
_HEAD = tables.heads.c
_NEWEST = (_SESSION.opened_us.desc(), _SESSION.row.desc())


class SqlListing(SqlEvidence, SqlProjects, SqlDevices):
    """See `server.storage.protocols.listing.Listing`."""

    def sessions_after(
        self, wanted: SessionFilter, after: int | None, limit: int
    ) -> Sequence[SessionLine]:
        """Sessions, the one that was opened last first."""
        query = self._narrowed(self._of_state(wanted.state), wanted)
        if after is not None:
            at = self._one(
                self._select(tables.sessions, _SESSION.opened_us).where(_SESSION.row == after)
            )
            opened_us = at.opened_us if at else 0
            query = query.where(tuple_(_SESSION.opened_us, _SESSION.row) < (opened_us, after))
        rows = query.order_by(*_NEWEST).limit(limit).subquery()
        lines = self._lines().where(_SESSION.row.in_(select(rows.c.row))).order_by(*_NEWEST)
        return [as_line(row) for row in self._all(lines)]

    def projects_after(self, after: bytes | None, limit: int) -> Sequence[Project]:
        """Projects by their ids, each with the policy in force."""
        table = tables.projects
        query = self._select(table).order_by(table.c.id).limit(limit)
        if after is not None:
            query = query.where(table.c.id > after)
        return [
            Project(row.id, row.name, self._policy_in_force(row.id)) for row in self._all(query)
        ]

    def devices_after(
        self, person: bytes | None, after: bytes | None, limit: int
    ) -> Sequence[DeviceLine]:
        """Devices by their ids."""
        table = tables.devices
        query = self._device_lines().order_by(table.c.id).limit(limit)
        if person is not None:
            query = query.where(table.c.person == person)
        if after is not None:
            query = query.where(table.c.id > after)
        return [as_device_line(row) for row in self._all(query)]

    def device(self, device: bytes) -> DeviceLine | None:
        """One device."""
        row = self._one(self._device_lines().where(tables.devices.c.id == device))
        return as_device_line(row) if row else None

    def _of_state(self, state: SessionState | None) -> Select[Any]:
        query = self._select(tables.sessions, _SESSION.row)
        if state is None:
            return query
        if state is SessionState.SCORED:
            return query.where(exists().where(tables.facts.c.session == _SESSION.row))
        waiting = tables.scoring_states
        return (
            query.join(waiting, waiting.c.session == _SESSION.row)
            .join(tables.heads, _HEAD.session == _SESSION.row)
            .where(_HEAD.closed.is_(state is SessionState.CLOSED))
        )

    def _narrowed(self, query: Select[Any], wanted: SessionFilter) -> Select[Any]:
        if wanted.person is not None:
            query = query.where(_SESSION.person == wanted.person)
        if wanted.project is not None:
            query = query.where(_SESSION.project == wanted.project)
        if wanted.from_us is not None:
            query = query.where(_SESSION.opened_us >= wanted.from_us)
        if wanted.to_us is not None:
            query = query.where(_SESSION.opened_us < wanted.to_us)
        return query
