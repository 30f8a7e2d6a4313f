"""What lies in the log, opened; and sealed, where an older version or an older key left it.

Until a version that does not seal has stopped, rows that are not sealed are read too. When the
daily pass has found none on two days, none is read any more: whoever can add rows to the log
without the installation's key adds nothing that is taken for evidence.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import LargeBinary, func, literal, select, update

from server.clock import now_us
from server.errors import KeyUnusable, LogDamaged
from server.records import SealedSome, StoredBatch
from server.storage import tables
from server.storage.log_seal import MARK, PREFIX_BYTES, LogPlace, LogSeal, is_sealed
from server.storage.sql.bound import Bound
from server.storage.sql.database import Database

_log = logging.getLogger(__name__)
_BATCH = tables.batches.c
_SESSION = tables.sessions.c
_QUIET_US = 2 * 86_400_000_000
"""A pass comes once a day: the second one has found nothing either by then."""


class SqlLog(Bound):
    """See `server.storage.protocols.batches.Log`."""

    def __init__(self, database: Database, organisation: int, log: LogSeal) -> None:
        super().__init__(database, organisation)
        self._log_seal = log

    def seal_log(self, after: int, limit: int) -> SealedSome | None:
        """Seal some rows that are not sealed under the key in force."""
        prefix = func.substr(_BATCH.sealed, 1, PREFIX_BYTES, type_=LargeBinary)
        plain = func.substr(_BATCH.sealed, 1, len(MARK), type_=LargeBinary) != literal(
            MARK, LargeBinary
        )
        query = self._select(tables.batches, _SESSION.id, *_columns()).where(
            _BATCH.row > after, prefix != literal(self._log_seal.prefix, LargeBinary)
        )
        if self.log_is_sealed():
            query = query.where(~plain)
        query = query.join(tables.sessions, _SESSION.row == _BATCH.session)
        found = self._all(query.order_by(_BATCH.row).limit(limit))
        if not found:
            return None
        rows = [(bytes(session), StoredBatch(*row)) for session, *row in found]
        return SealedSome(
            after=rows[-1][1].row,
            sealed=self._seal_anew(rows),
            plain=sum(not is_sealed(row.sealed) for _, row in rows),
        )

    def note_pass(self, plain: int, now_us: int) -> None:
        """Note that all rows were looked at, and how many were not sealed."""
        table = tables.organisations
        mine = update(table).where(table.c.id == self.organisation)
        noted = func.coalesce(table.c.log_quiet_us, now_us) if not plain else None
        with self._transaction(alone=False) as connection:
            connection.execute(mine.values(log_quiet_us=noted))

    def log_is_sealed(self) -> bool:
        """Whether no row is read any more that is not sealed."""
        table = tables.organisations
        row = self._one(select(table.c.log_quiet_us).where(table.c.id == self.organisation))
        return bool(row and row[0] is not None and now_us() - row[0] >= _QUIET_US)

    def _seal_anew(self, rows: Sequence[tuple[bytes, StoredBatch]]) -> int:
        anew = [(row, sealed) for session, row in rows if (sealed := self._sealed(session, row))]
        with self._transaction(alone=False) as connection:
            return sum(
                connection.execute(
                    self._update(tables.batches)
                    .where(_BATCH.row == row.row, _BATCH.sealed == row.sealed)
                    .values(sealed=sealed)
                ).rowcount
                for row, sealed in anew
            )

    def _sealed(self, session: bytes, row: StoredBatch) -> bytes | None:
        """A row's bytes under the key in force; None: they do not open."""
        try:
            (batch,) = self._opened(session, [row])
        except (LogDamaged, KeyUnusable) as error:
            _log.error("a batch could not be sealed anew", extra={"why": str(error)})
            return None
        return self._log_seal.seal(self._place(session, row), batch.sealed)

    def _opened(self, session: bytes, rows: Sequence[StoredBatch]) -> list[StoredBatch]:
        """A session's batches as its device sealed them."""
        over = any(not is_sealed(row.sealed) for row in rows) and self.log_is_sealed()
        return [self._open(session, row, plain_is_over=over) for row in rows]

    def _open(self, session: bytes, row: StoredBatch, *, plain_is_over: bool) -> StoredBatch:
        if is_sealed(row.sealed):
            return replace(row, sealed=self._log_seal.open(self._place(session, row), row.sealed))
        if plain_is_over:
            raise LogDamaged(session, row.sequence, "it is not sealed")
        return row

    def _place(self, session: bytes, row: StoredBatch) -> LogPlace:
        return LogPlace(self.organisation, session, row.sequence, row.digest)


def _columns() -> list[Any]:
    return [_BATCH[name] for name in StoredBatch.__slots__]
