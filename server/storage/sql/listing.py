"""Pages of one organisation's lists, in SQL.

What is on a page is found first, by one index and no more rows than the page has; then the rest is
read for these. Without statistics SQLite takes the index that gives the order, however many rows it
walks past for that: where another one is right, what must not be walked stands in an expression
(`unindexed`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, exists, func

from server.records import DeviceLine, Project, SessionLine, SessionState
from server.records.listing import SessionFilter
from server.storage import tables
from server.storage.sql.bound import unindexed
from server.storage.sql.devices import SqlDevices, as_device_line
from server.storage.sql.evidence import SqlEvidence
from server.storage.sql.projects import SqlProjects
from wire.policy import Policy, parse_policy

_SESSION = tables.sessions.c
_HEAD = tables.heads.c


class SqlListing(SqlEvidence, SqlProjects, SqlDevices):
    """See `server.storage.protocols.listing.Listing`."""

    def sessions_after(
        self, wanted: SessionFilter, after: int | None, limit: int
    ) -> Sequence[SessionLine]:
        """Sessions, the one that was opened last first."""
        if wanted == SessionFilter(state=SessionState.SCORED):
            query = self._that_have(tables.facts, after)
        elif wanted.state in (SessionState.OPEN, SessionState.CLOSED):
            query = self._unscored(wanted, after)
        else:
            query = self._newest(self._matching(wanted), after)
        return self.lines_of([row[0] for row in self._all(query.limit(limit))])

    def _matching(self, wanted: SessionFilter) -> Select[Any]:
        query = self._select(tables.sessions, _SESSION.row)
        if wanted.person is not None:
            query = query.where(_SESSION.person == wanted.person)
        if wanted.project is not None:
            # Whoever names both: one person has fewer sessions than a project.
            alone = wanted.person is None
            project = _SESSION.project if alone else unindexed(_SESSION.project, b"")
            query = query.where(project == wanted.project)
        if wanted.from_us is not None:
            query = query.where(_SESSION.opened_us >= wanted.from_us)
        if wanted.to_us is not None:
            query = query.where(_SESSION.opened_us < wanted.to_us)
        if wanted.state is SessionState.SCORED:
            query = query.where(exists().where(tables.facts.c.session == _SESSION.row))
        return query

    def _unscored(self, wanted: SessionFilter, after: int | None) -> Select[Any]:
        """Few among a million: each has a row in `scoring_states` until it is scored."""
        query = self._that_have(tables.scoring_states, after)
        query = query.join(tables.sessions, _SESSION.row == tables.scoring_states.c.session)
        query = query.join(tables.heads, _HEAD.session == tables.scoring_states.c.session)
        query = query.where(_HEAD.closed.is_(wanted.state is SessionState.CLOSED))
        if wanted.person is not None:
            query = query.where(unindexed(_SESSION.person, b"") == wanted.person)
        if wanted.project is not None:
            query = query.where(unindexed(_SESSION.project, b"") == wanted.project)
        opened_us = unindexed(_SESSION.opened_us, 0)
        if wanted.from_us is not None:
            query = query.where(opened_us >= wanted.from_us)
        if wanted.to_us is not None:
            query = query.where(opened_us < wanted.to_us)
        return query

    def _that_have(self, table: Any, after: int | None) -> Select[Any]:
        """Sessions that have a row in a table, the newest first."""
        query = self._select(table, table.c.session).order_by(table.c.session.desc())
        return query if after is None else query.where(table.c.session < after)

    def projects_after(self, after: bytes | None, limit: int) -> Sequence[Project]:
        """Projects by their ids, each with the policy in force."""
        table = tables.projects
        query = self._select(table).order_by(table.c.id).limit(limit)
        if after is not None:
            query = query.where(table.c.id > after)
        rows = self._all(query)
        in_force = self._policies_in_force([row.id for row in rows])
        return [Project(row.id, row.name, in_force[bytes(row.id)]) for row in rows]

    def _policies_in_force(self, projects: Sequence[bytes]) -> Mapping[bytes, Policy]:
        table = tables.policies
        newest = (
            self._select(table, table.c.project, func.max(table.c.version).label("version"))
            .where(table.c.project.in_(projects))
            .group_by(table.c.project)
            .subquery()
        )
        query = self._select(table, table.c.project, table.c.document).join(
            newest, (newest.c.project == table.c.project) & (newest.c.version == table.c.version)
        )
        return {bytes(row.project): parse_policy(row.document) for row in self._all(query)}

    def devices_after(
        self, person: bytes | None, after: bytes | None, limit: int
    ) -> Sequence[DeviceLine]:
        """Devices by their ids."""
        table = tables.devices
        id_ = table.c.id if person is None else unindexed(table.c.id, b"")
        query = self._device_lines().order_by(id_).limit(limit)
        if person is not None:
            query = query.where(table.c.person == person)
        if after is not None:
            query = query.where(id_ > after)
        return [as_device_line(row) for row in self._all(query)]

    def device(self, device: bytes) -> DeviceLine | None:
        """One device."""
        row = self._one(self._device_lines().where(tables.devices.c.id == device))
        return as_device_line(row) if row else None
