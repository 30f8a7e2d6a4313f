"""What is kept of sessions, and its end, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from server.records import StoredObject
from server.records.operation import Retained
from server.storage import tables
from server.storage.sql.batches import SqlBatches

_AT_ONCE = 500
_UNENDED_US = 38 * 86_400_000_000
"""A session lasts at most 31 days, and a device may be away for a week."""
_OBJECT = tables.objects.c
_HEAD = tables.heads.c


class SqlRetention(SqlBatches):
    """See `server.storage.protocols.retention.Retention`."""

    def retained(
        self,
        after_row: int,
        objects_before_us: int,
        classes_before_us: int,
        evidence_before_us: int,
    ) -> Sequence[Retained]:
        """The next sessions behind a row that were decided so long ago and still hold something."""
        decided_us = _decided_us()
        session = tables.sessions.c.row
        objects = exists().where(_OBJECT.session == session)
        query = self._decided(decided_us).where(
            session > after_row,
            or_(
                and_(decided_us < objects_before_us, objects),
                and_(decided_us < classes_before_us, _classes()),
                and_(
                    decided_us < evidence_before_us, or_(_HEAD.last_row.is_not(None), _compacted())
                ),
            ),
        )
        return [Retained(*row) for row in self._all(query.order_by(session).limit(_AT_ONCE))]

    def decided(self, session_row: int) -> Retained | None:
        """One session, if it was decided."""
        decided_us = _decided_us()
        its = (tables.sessions.c.row == session_row, decided_us.is_not(None))
        row = self._one(self._decided(decided_us).where(*its))
        return Retained(*row) if row else None

    def objects_of(self, session_row: int) -> Sequence[StoredObject]:
        """What the session's device uploaded."""
        columns = [_OBJECT[name] for name in StoredObject.__slots__]
        query = self._select(tables.objects, *columns).where(_OBJECT.session == session_row)
        return [StoredObject(*row) for row in self._all(query)]

    def evidence_of(self, session_row: int) -> int:
        """How many batches are kept, in the log or compacted."""
        if self.compacted_names(session_row):
            return self.head(session_row).sequence + 1
        return len(self.in_log(session_row))

    def compacted_names(self, session_row: int) -> Sequence[bytes]:
        """The objects that a compacted session lies in."""
        compacted = tables.compacted.c
        query = self._select(
            tables.compacted,
            func.coalesce(compacted.original_name, compacted.original),
            func.coalesce(compacted.block_name, compacted.block),
        )
        row = self._one(query.where(compacted.session == session_row))
        return list(dict.fromkeys(bytes(digest) for digest in row)) if row else []

    def forget_objects(self, session_row: int, digests: Sequence[bytes]) -> Sequence[bytes]:
        """Unlist objects of a session; the names of those that no other session names."""
        its = (_OBJECT.session == session_row, _OBJECT.digest.in_(digests))
        with self._transaction() as connection:
            listed = self._select(tables.objects, _OBJECT.digest, _OBJECT.name).where(*its)
            gone = [(bytes(row.digest), row.name) for row in connection.execute(listed)]
            connection.execute(self._delete(tables.objects).where(*its))
        return [
            digest if name is None else bytes(name)
            for digest, name in gone
            if name is not None or not self.plain_in_use(digest)
        ]

    def forget_evidence(self, session_row: int) -> Sequence[bytes]:
        """Delete a session's batches and what was computed from them; objects that held them.

        The session, its hours and its assessments stay: pay and appeals rest on them.
        """
        rows = [batch.row for batch in self.in_log(session_row)]
        digests = self.compacted_names(session_row)
        with self._transaction() as connection:
            leave = self._update(tables.heads).where(_HEAD.session == session_row)
            connection.execute(leave.values(last_row=None, closed=True))
            for at in range(0, len(rows), _AT_ONCE):
                batch = tables.batches.c.row.in_(rows[at : at + _AT_ONCE])
                connection.execute(self._delete(tables.batches).where(batch))
            computed = (tables.compacted, tables.late_blankings, tables.scoring_states)
            for table in (*computed, tables.blanking_requests):
                connection.execute(self._delete(table).where(table.c.session == session_row))
        return digests

    def forget_overwritten(self) -> bool:
        """Take deleted bytes out of the database's files, as far as it can."""
        return self._database.forget_overwritten()

    def _decided(self, decided_us: ColumnElement[Any]) -> Select[Any]:
        sessions = tables.sessions.c
        named = (sessions.row, sessions.person, sessions.project, sessions.policy_version)
        columns = (*named, decided_us.label("decided_us"), _classes().label("classes"))
        query = self._select(tables.sessions, *columns)
        return query.join(tables.heads, _HEAD.session == sessions.row)


def _decided_us() -> ColumnElement[Any]:
    """The last assessment's moment, or the one from which an unended session cannot go on."""
    sessions, assessments = tables.sessions.c, tables.assessments.c
    assessed = (
        select(func.max(assessments.created_us))
        .where(assessments.session == sessions.row)
        .correlate(tables.sessions)
        .scalar_subquery()
    )
    last_us = func.coalesce(_HEAD.received_us, sessions.opened_us)
    # A purge compacts and closes one that nobody ended; no other leaves the log unjudged.
    unended = or_(_HEAD.closed.is_(False), _compacted())
    return func.coalesce(assessed, case((unended, last_us + _UNENDED_US)))


def _compacted() -> ColumnElement[bool]:
    return exists().where(tables.compacted.c.session == tables.sessions.c.row)


def _classes() -> ColumnElement[bool]:
    """Whether batches are kept: in the log, or compacted and with their classes."""
    compacted = tables.compacted.c
    whole = (compacted.session == tables.sessions.c.row, compacted.redacted_us.is_(None))
    return or_(_HEAD.last_row.is_not(None), exists().where(*whole))
