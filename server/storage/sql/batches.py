"""Reading batches in SQL: backwards from the head, each row by the number that the next one names.

No index lies beside the log but the one over landmarks (docs/decisions/batch-layout.md).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, func, select

from server.records import InLog, SessionEntry, StoredBatch, Taken
from server.storage import tables
from server.storage.sql.compactions import SqlCompactions
from server.storage.sql.log import SqlLog
from server.storage.tables.evidence import IS_LANDMARK, LANDMARK_EVERY
from wire.chain import ChainHead

_SESSION = tables.sessions.c
_HEAD = tables.heads.c
_BATCH = tables.batches.c


class SqlBatches(SqlCompactions, SqlLog):
    """See `server.storage.protocols.batches.Batches`."""

    def head(self, session_row: int) -> ChainHead:
        """The last accepted batch."""
        columns = (_HEAD.sequence, _HEAD.digest, _HEAD.closed)
        row = self._one(self._select(tables.heads, *columns).where(_HEAD.session == session_row))
        return ChainHead(*row) if row else ChainHead()

    def sessions_with_heads(
        self, sessions: Sequence[bytes]
    ) -> Sequence[tuple[SessionEntry, ChainHead]]:
        """Sessions by their ids with their heads."""
        entry = [_SESSION[name] for name in SessionEntry.__slots__]
        query = (
            self._select(tables.sessions, *entry, _HEAD.sequence, _HEAD.digest, _HEAD.closed)
            .join(tables.heads, _HEAD.session == _SESSION.row)
            .where(_SESSION.id.in_(sessions))
        )
        return [(SessionEntry(*row[:-3]), ChainHead(*row[-3:])) for row in self._all(query)]

    def taken(self, session_row: int, sequence: int) -> Taken | None:
        """What is known of one stored batch."""
        landmark = self._select(tables.batches, _BATCH.row).where(
            _BATCH.session == session_row,
            _BATCH.sequence == sequence | (LANDMARK_EVERY - 1),
            IS_LANDMARK,
        )
        nearest = func.coalesce(landmark.scalar_subquery(), self._last_row(session_row))
        walk = self._walk(session_row, nearest, sequence - 1)
        row = self._one(
            select(_BATCH.digest, _BATCH.received_us)
            .join(walk, _BATCH.row == walk.c.row)
            .where(_BATCH.sequence == sequence)
        )
        # Looked for after the log: a session that is compacted in between has left it as one.
        return Taken(*row) if row else self._taken_compacted(session_row, sequence)

    def batches(self, session_row: int, after: int = -1) -> Sequence[StoredBatch]:
        """The batches of a session behind a number, in order."""
        columns = [_BATCH[name] for name in StoredBatch.__slots__]
        found = self._all(self._behind(session_row, after, _SESSION.id, *columns))
        return self._opened(found[0].id, [StoredBatch(*row[1:]) for row in found]) if found else []

    def in_log(self, session_row: int) -> Sequence[InLog]:
        """The batches of a session that lie in the log, in order, without their bytes."""
        rows = self._all(self._behind(session_row, -1, _BATCH.row, _BATCH.digest))
        return [InLog(*row) for row in rows]

    def quarantine(self, batch_row: int, reason: str) -> None:
        """Mark a batch whose body does not decode."""
        statement = self._update(tables.batches).where(_BATCH.row == batch_row)
        with self._transaction(alone=False) as connection:
            connection.execute(statement.values(quarantined=reason))

    def _last_row(self, session_row: int) -> ColumnElement[Any]:
        query = self._select(tables.heads, _HEAD.last_row).where(_HEAD.session == session_row)
        return query.scalar_subquery()

    def _walk(self, session_row: int, from_row: ColumnElement[Any], after: int) -> CTE:
        """Row numbers from a row back to the one behind `after`."""
        step = self._select(tables.batches, _BATCH.row, _BATCH.previous_row).where(
            _BATCH.session == session_row, _BATCH.sequence > after
        )
        walk = step.where(_BATCH.row == from_row).cte("walk", recursive=True)
        return walk.union_all(step.where(_BATCH.row == walk.c.previous_row))

    def _behind(self, session_row: int, after: int, *columns: ColumnElement[Any]) -> Select[Any]:
        walk = self._walk(session_row, self._last_row(session_row), after)
        query = select(*columns).select_from(tables.batches)
        query = query.join(walk, _BATCH.row == walk.c.row)
        query = query.join(tables.sessions, _SESSION.row == _BATCH.session)
        return query.order_by(_BATCH.sequence)
