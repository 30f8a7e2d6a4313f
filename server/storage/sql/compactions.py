"""Compacted sessions in SQL."""

import struct
from collections.abc import Sequence

from sqlalchemy import Engine, select, true

from server.errors import NotKnown
from server.records import Compacted, SignedDocument, StoredBatch, Taken, ToCompact
from server.storage import tables
from server.storage.sql.privacy import SqlSealed

_TAKEN = struct.Struct("<32sQ")
_AT_ONCE = 500
_COMPACTED = tables.compacted.c
_BATCH = tables.batches.c
_HEAD = tables.heads.c


class SqlCompactions(SqlSealed):
    """See `server.storage.protocols.compactions.Compactions`."""

    def compacted(self, session_row: int) -> Compacted | None:
        """Where a session lies that has left the log."""
        columns = [_COMPACTED[name] for name in Compacted.__slots__[1:]]
        query = self._select(tables.compacted, _COMPACTED.session, *columns)
        row = self._one(query.where(_COMPACTED.session == session_row))
        return Compacted(*row) if row else None

    def compact(
        self, compacted: Compacted, batches: Sequence[StoredBatch], *, ends: bool = False
    ) -> bool:
        """Take all batches of a closed session out of the log and note where they lie, as one."""
        session = compacted.session_row
        if not batches:
            return False
        leave = self._update(tables.heads).where(
            _HEAD.session == session,
            true() if ends else _HEAD.closed.is_(True),
            _HEAD.last_row == batches[-1].row,
            _HEAD.sequence == len(batches) - 1,
        )
        values = {name: getattr(compacted, name) for name in Compacted.__slots__[1:]}
        values |= {"session": session, "taken": _packed(batches)}
        with self._transaction() as connection:
            if connection.execute(leave.values(last_row=None, closed=True)).rowcount != 1:
                return False
            if ends:
                # What was kept of it while it was open holds its typing.
                states = self._delete(tables.scoring_states)
                connection.execute(states.where(tables.scoring_states.c.session == session))
            self._key_must_be_there(connection, compacted.person_key)
            connection.execute(self._insert(tables.compacted, values))
            gone = 0
            for at in range(0, len(batches), _AT_ONCE):
                rows = [batch.row for batch in batches[at : at + _AT_ONCE]]
                taken_out = self._delete(tables.batches).where(
                    _BATCH.session == session, _BATCH.row.in_(rows)
                )
                gone += connection.execute(taken_out).rowcount
            if gone != len(batches):
                raise NotKnown("the log does not hold the batches that were compacted")
        return True

    def redact(
        self, before: Compacted, after: Compacted, document: bytes, signature: bytes
    ) -> bool:
        """Put columns without classes in the place of both objects of a session."""
        values = {name: getattr(after, name) for name in Compacted.__slots__[1:]}
        values |= {"redaction": document, "redaction_signature": signature}
        still = self._update(tables.compacted).where(
            _COMPACTED.session == before.session_row,
            _COMPACTED.redacted_us.is_(None),
            _COMPACTED.original_name.is_not_distinct_from(before.original_name),
            _COMPACTED.block_name.is_not_distinct_from(before.block_name),
        )
        with self._transaction() as connection:
            self._key_must_be_there(connection, after.person_key)
            return connection.execute(still.values(**values)).rowcount == 1

    def redaction(self, session_row: int) -> SignedDocument | None:
        """What was signed when a session's classes were deleted."""
        columns = (_COMPACTED.redaction, _COMPACTED.redaction_signature)
        query = self._select(tables.compacted, _COMPACTED.session, *columns)
        redacted = _COMPACTED.redacted_us.is_not(None)
        row = self._one(query.where(_COMPACTED.session == session_row, redacted))
        return SignedDocument(row[0], bytes(row[1]), bytes(row[2])) if row else None

    def sealing_key(self, session_row: int) -> bytes | None:
        """The public key of the session's device."""
        sessions, devices = tables.sessions, tables.devices
        query = self._select(sessions, devices.c.public_key).join(
            devices, devices.c.id == sessions.c.device
        )
        row = self._one(query.where(sessions.c.row == session_row))
        return bytes(row[0]) if row else None

    def _taken_compacted(self, session_row: int, sequence: int) -> Taken | None:
        query = self._select(tables.compacted, _COMPACTED.taken)
        row = self._one(query.where(_COMPACTED.session == session_row))
        if row is None or not 0 <= sequence < len(row[0]) // _TAKEN.size:
            return None
        return Taken(*_TAKEN.unpack_from(row[0], sequence * _TAKEN.size))


class SqlCompactionQueue:
    """See `server.storage.protocols.compactions.CompactionQueue`."""

    _reading: Engine

    def next_to_compact(self, after: int) -> ToCompact | None:
        """The next session behind a cursor that is over and judged."""
        assessments, facts = tables.assessments.c, tables.facts.c
        query = (
            select(assessments.organisation, assessments.session, assessments.row)
            .join(tables.facts, facts.session == assessments.session)
            .join(tables.heads, _HEAD.session == assessments.session)
            .where(assessments.row > after, _HEAD.closed.is_(True), _HEAD.last_row.is_not(None))
            .order_by(assessments.row)
            .limit(1)
        )
        with self._reading.connect() as connection:
            row = connection.execute(query).one_or_none()
        return ToCompact(*row) if row else None


def _packed(batches: Sequence[StoredBatch]) -> bytes:
    return b"".join(_TAKEN.pack(batch.digest, batch.received_us) for batch in batches)
