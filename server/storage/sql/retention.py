"""What is kept of sessions, and its end, in SQL."""

from collections.abc import Sequence

from sqlalchemy import case, func, select

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

    def retained(self, after_row: int) -> Sequence[Retained]:
        """The next sessions behind a row that were decided, in order of their rows."""
        sessions, assessments = tables.sessions.c, tables.assessments.c
        assessed = (
            select(func.max(assessments.created_us))
            .where(assessments.session == sessions.row)
            .correlate(tables.sessions)
            .scalar_subquery()
        )
        unended = case(
            (
                _HEAD.closed.is_(False),
                func.coalesce(_HEAD.received_us, sessions.opened_us) + _UNENDED_US,
            )
        )
        decided = func.coalesce(assessed, unended)
        query = (
            self._select(
                tables.sessions,
                sessions.row,
                sessions.person,
                sessions.project,
                sessions.policy_version,
                decided.label("decided_us"),
            )
            .join(tables.heads, _HEAD.session == sessions.row)
            .where(sessions.row > after_row, decided.is_not(None))
            .order_by(sessions.row)
            .limit(_AT_ONCE)
        )
        return [Retained(*row) for row in self._all(query)]

    def objects_of(self, session_row: int) -> Sequence[StoredObject]:
        """What the session's device uploaded."""
        columns = [_OBJECT[name] for name in StoredObject.__slots__]
        query = self._select(tables.objects, *columns).where(_OBJECT.session == session_row)
        return [StoredObject(*row) for row in self._all(query)]

    def evidence_of(self, session_row: int) -> int:
        """How many batches are kept, in the log or compacted."""
        if self.compacted_names(session_row):
            return self.head(session_row).sequence + 1
        return len(self.batches(session_row))

    def compacted_names(self, session_row: int) -> Sequence[bytes]:
        """The objects that a compacted session lies in."""
        compacted = tables.compacted.c
        query = self._select(
            tables.compacted,
            func.coalesce(compacted.original_name, compacted.original),
            func.coalesce(compacted.block_name, compacted.block),
        )
        row = self._one(query.where(compacted.session == session_row))
        return [bytes(digest) for digest in row] if row else []

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
        rows = [batch.row for batch in self.batches(session_row)]
        digests = self.compacted_names(session_row)
        with self._transaction() as connection:
            leave = self._update(tables.heads).where(_HEAD.session == session_row)
            connection.execute(leave.values(last_row=None, closed=True))
            for at in range(0, len(rows), _AT_ONCE):
                batch = tables.batches.c.row.in_(rows[at : at + _AT_ONCE])
                connection.execute(self._delete(tables.batches).where(batch))
            for table in (tables.compacted, tables.late_blankings, tables.scoring_states):
                connection.execute(self._delete(table).where(table.c.session == session_row))
        return digests

    def forget_overwritten(self) -> bool:
        """Take deleted bytes out of the database's files, as far as it can."""
        return self._database.forget_overwritten()
