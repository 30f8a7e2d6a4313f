"""Sessions, batches, objects and assessments in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from server.records import (
    EVERYBODY,
    EventKind,
    LateBlanking,
    NewSession,
    SessionEntry,
    SessionLine,
    SessionState,
    Sight,
    StoredObject,
)
from server.storage import tables
from server.storage.sql.bound import unindexed
from server.storage.sql.held_cases import of_unfinished_cases
from server.storage.sql.privacy import SqlSealed
from server.storage.sql.rounds import first_look_us
from wire.chain import ChainHead

_SESSION = tables.sessions.c
_HEAD = tables.heads.c
_ENTRY = (
    _SESSION.organisation,
    _SESSION.row,
    _SESSION.id,
    _SESSION.person,
    _SESSION.device,
    _SESSION.project,
    _SESSION.policy_version,
    _SESSION.opened_us,
)


class SqlEvidence(SqlSealed):
    """See `server.storage.protocols.Evidence`."""

    def add_session(self, session: NewSession) -> SessionEntry | None:
        """Store a session with its empty head, or find the same one."""
        values = {name: getattr(session, name) for name in NewSession.__slots__}
        with self._transaction() as connection:
            known = connection.execute(self._entry(session.id)).one_or_none()
            if known is not None:
                entry = SessionEntry(*known)
                return entry if _same(entry, session) else None
            key = connection.execute(self._insert(tables.sessions, values)).inserted_primary_key
            row = int(key[0]) if key else 0
            head = ChainHead()
            connection.execute(
                self._insert(
                    tables.heads,
                    {
                        "session": row,
                        "sequence": head.sequence,
                        "digest": head.digest,
                        "closed": head.closed,
                    },
                )
            )
            due = {"session": row, "due_us": first_look_us(session)}
            connection.execute(self._insert(tables.scoring_states, due))
        return self.session_numbered(row)

    def session(self, session: bytes) -> SessionEntry | None:
        """A session by its id."""
        row = self._one(self._entry(session))
        return SessionEntry(*row) if row else None

    def sessions_of(self, person: bytes) -> Sequence[SessionEntry]:
        """All sessions of a person."""
        query = self._select(tables.sessions, *_ENTRY).where(_SESSION.person == person)
        return [SessionEntry(*row) for row in self._all(query.order_by(_SESSION.row))]

    def session_numbered(self, row: int) -> SessionEntry | None:
        """A session by storage's number."""
        found = self._one(self._select(tables.sessions, *_ENTRY).where(_SESSION.row == row))
        return SessionEntry(*found) if found else None

    def total_objects(self, session_row: int) -> tuple[int, int]:
        """How many objects a session has, and their bytes."""
        table = tables.objects
        size = func.coalesce(func.sum(table.c.size_bytes), 0)
        query = self._select(table, func.count(table.c.row), size)
        row = self._one(query.where(table.c.session == session_row))
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def add_object(self, session_row: int, entry: StoredObject) -> bool:
        """List an object."""
        table = tables.objects
        known = self._select(table, table.c.row).where(
            table.c.session == session_row, table.c.digest == entry.digest
        )
        values = {
            "session": session_row,
            "digest": entry.digest,
            "content_type": entry.content_type,
            "size_bytes": entry.size_bytes,
            "name": entry.name,
            "person_key": entry.person_key,
        }
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is not None:
                return False
            self._key_must_be_there(connection, entry.person_key)
            connection.execute(self._insert(table, values))
        return True

    def stored_digests(self, session_row: int) -> frozenset[bytes]:
        """Which objects are here."""
        table = tables.objects
        rows = self._all(self._select(table, table.c.digest).where(table.c.session == session_row))
        return frozenset(row[0] for row in rows)

    def object(self, session_row: int, digest: bytes) -> StoredObject | None:
        """An object of a session."""
        table = tables.objects
        columns = [table.c[name] for name in StoredObject.__slots__]
        query = self._select(table, *columns).where(
            table.c.session == session_row, table.c.digest == digest
        )
        row = self._one(query)
        return StoredObject(*row) if row else None

    def add_late_blanking(
        self, session_row: int, blanking: LateBlanking, message: bytes, now_us: int
    ) -> bool:
        """Store a notice."""
        table = tables.late_blankings
        known = self._select(table, table.c.row).where(
            table.c.session == session_row, table.c.digest == blanking.digest
        )
        values = {
            "session": session_row,
            "digest": blanking.digest,
            "kept": blanking.kept,
            "message": message,
            "received_us": now_us,
        }
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is not None:
                return False
            connection.execute(self._insert(table, values))
        return True

    def late_blankings(self, session_row: int) -> Sequence[LateBlanking]:
        """What notices said."""
        table = tables.late_blankings
        query = self._select(table, table.c.digest, table.c.kept)
        rows = self._all(query.where(table.c.session == session_row).order_by(table.c.row))
        return [LateBlanking(*row) for row in rows]

    def lines(self, sight: Sight, limit: int, before_row: int | None) -> Sequence[SessionLine]:
        """Sessions, newest first."""
        if sight.reviewer is None:
            own = self._select(tables.sessions, _SESSION.row)
        else:
            # Few among all of the organisation's, which would be walked in their order.
            mine = unindexed(_SESSION.organisation, 0) == self.organisation
            own = select(_SESSION.row).where(mine)
        rows = self._seen(own, sight)
        found = self._all(self._newest(rows, before_row).limit(limit))
        return self.lines_of([row[0] for row in found])

    def lines_of(self, rows: Sequence[int]) -> Sequence[SessionLine]:
        """Sessions by their numbers, in that order."""
        own = unindexed(_SESSION.organisation, 0) == self.organisation
        query = self._joined().where(own, _SESSION.row.in_(rows))
        found = {row.row: row for row in self._all(query)}
        return [_as_line(found[row]) for row in rows if row in found]

    def _newest(self, query: Select[Any], before_row: int | None) -> Select[Any]:
        """Sessions by when they were opened, the last first, behind one of them."""
        if before_row is not None:
            at = self.session_numbered(before_row)
            behind = (at.opened_us if at else 0, before_row)
            query = query.where(tuple_(_SESSION.opened_us, _SESSION.row) < behind)
        return query.order_by(_SESSION.opened_us.desc(), _SESSION.row.desc())

    def line(self, session: bytes, sight: Sight = EVERYBODY) -> SessionLine | None:
        """One session's line, if it is within sight."""
        row = self._one(self._seen(self._lines(), sight).where(_SESSION.id == session))
        return _as_line(row) if row else None

    def _entry(self, session: bytes) -> Select[Any]:
        return self._select(tables.sessions, *_ENTRY).where(_SESSION.id == session)

    def _seen(self, query: Select[Any], sight: Sight) -> Select[Any]:
        if sight.everybody:
            return query
        if sight.session is not None:
            return query.where(_SESSION.id == sight.session)
        seen = _SESSION.person == sight.person
        if sight.teams:
            members = tables.team_members.c
            theirs = select(members.person).where(
                members.organisation == self.organisation, members.team.in_(sight.teams)
            )
            seen |= _SESSION.person.in_(theirs)
        if sight.reviewer is None:
            return query.where(seen)
        # Two small sets of rows: by one condition on both all sessions would be looked through.
        own = select(_SESSION.row).where(_SESSION.organisation == self.organisation, seen)
        rows = own.union(self._reviewed(sight.reviewer)).subquery()
        return query.where(_SESSION.row.in_(select(rows.c.row)))

    def _reviewed(self, reviewer: bytes) -> Select[Any]:
        """Sessions on which somebody gave their verdict.

        None of a case that they are not through with: it is judged blind to its end.
        """
        events, reviews = tables.review_events.c, tables.reviews.c
        return (
            select(reviews.session.label("row"))
            .join(tables.review_events, events.review == reviews.row)
            .where(
                reviews.organisation == self.organisation,
                events.person == reviewer,
                events.kind == EventKind.COMMITTED,
                reviews.session.is_not(None),
                reviews.row.not_in(of_unfinished_cases(reviewer, self.organisation)),
            )
        )

    def _lines(self) -> Select[Any]:
        return self._joined().where(_SESSION.organisation == self.organisation)

    def _joined(self) -> Select[Any]:
        joined = (
            tables.sessions.join(tables.heads)
            .join(tables.people, tables.people.c.id == _SESSION.person)
            .join(tables.projects, tables.projects.c.id == _SESSION.project)
            .outerjoin(tables.facts, tables.facts.c.session == _SESSION.row)
            .outerjoin(tables.assessments, tables.assessments.c.row == tables.facts.c.assessment)
        )
        return select(
            *_ENTRY,
            _SESSION.agent_version,
            _SESSION.consent_version,
            _SESSION.observes,
            tables.people.c.name.label("person_name"),
            tables.projects.c.name.label("project_name"),
            _HEAD.sequence,
            _HEAD.closed,
            _HEAD.received_us,
            tables.facts.c.document.label("facts"),
            tables.assessments.c.band,
            tables.assessments.c.main_reason,
        ).select_from(joined)


def _same(entry: SessionEntry, session: NewSession) -> bool:
    return (entry.person, entry.device, entry.project, entry.policy_version) == (
        session.person,
        session.device,
        session.project,
        session.policy_version,
    )


def _as_line(row: Any) -> SessionLine:
    return SessionLine(
        row=row.row,
        id=row.id,
        person=row.person,
        person_name=row.person_name,
        project=row.project,
        project_name=row.project_name,
        policy_version=row.policy_version,
        agent_version=row.agent_version,
        opened_us=row.opened_us,
        state=_state(row),
        head_sequence=row.sequence,
        last_received_us=row.received_us,
        facts=row.facts,
        band=row.band,
        main_reason=row.main_reason,
        consent_version=row.consent_version,
        observes=row.observes,
    )


def _state(row: Any) -> SessionState:
    if row.facts is not None:
        return SessionState.SCORED
    return SessionState.CLOSED if row.closed else SessionState.OPEN
