"""Writing batches into SQLite: a group of them in a few statements and one synced transaction.

The driver lets go of the interpreter at every statement and then waits for its turn while the
event loop works; so the statements are few and long, not two for each batch.
"""

import logging
import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from server.records import Append, LogRow
from server.storage.group_commit import GroupCommit
from server.storage.log_seal import LogSeal
from server.storage.sqlite.checkpoints import Checkpoints
from server.storage.sqlite.engine import connect

_log = logging.getLogger(__name__)
_AT_ONCE = 64
"""Batches of one statement: a power of two, so that seven statements serve groups of any size."""
_ADD_JOB = (
    "INSERT INTO scoring_jobs (session, organisation, due_us, claimed_until_us, attempts, done) "
    "VALUES (?, ?, ?, 0, 0, 0)"
)


class SqliteBatchWriter(GroupCommit):
    """See `server.storage.protocols.BatchWriter`."""

    def __init__(self, path: Path, log: LogSeal, queue_max: int) -> None:
        self._connection = connect(path)
        self._checkpoints = Checkpoints(path)
        super().__init__(self._commit_group, log, queue_max)

    def close(self) -> None:
        """Write what is waiting and stop."""
        super().close()
        self._checkpoints.close()
        self._connection.close()

    def _commit_group(self, group: Sequence[LogRow]) -> Sequence[bool]:
        try:
            with self._checkpoints.writing(len(group)):
                return self._in_one_transaction(group)
        except sqlite3.IntegrityError as error:
            if len(group) > 1:
                # One that the database does not take must not hold up the others.
                return [stored for row in group for stored in self._commit_group([row])]
            _log.error("a batch was refused by the database", exc_info=error)
            return [False]

    def _in_one_transaction(self, group: Sequence[LogRow]) -> Sequence[bool]:
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            if not _sessions_differ(group) or not _store_together(transaction, group):
                transaction.execute("ROLLBACK")
                transaction.execute("BEGIN IMMEDIATE")
                return [_store_together(transaction, [row]) for row in group]
        return [True] * len(group)


def _sessions_differ(group: Sequence[LogRow]) -> bool:
    """Two rivals for one number would both find the head where they expect it."""
    return len({row.append.session.row for row in group}) == len(group)


def _store_together(transaction: sqlite3.Connection, group: Sequence[LogRow]) -> bool:
    """Store all of them; False, with some of them stored, if the head of one had moved."""
    (last_row,) = transaction.execute("SELECT coalesce(max(row), 0) FROM batches").fetchone()
    at = 0
    while at < len(group):
        size = min(_AT_ONCE, 1 << (len(group) - at).bit_length() - 1)
        if not _store(transaction, last_row + at + 1, group[at : at + size]):
            return False
        at += size
    closing = [row for row in group if row.append.after.closed]
    transaction.executemany(_ADD_JOB, [_job_row(row.append) for row in closing])
    return True


def _store(transaction: sqlite3.Connection, first_row: int, group: Sequence[LogRow]) -> bool:
    rows: list[object] = []
    moves: list[object] = []
    for row, each in enumerate(group, first_row):
        append = each.append
        session, before, after = append.session, append.before, append.after
        rows += (row, session.row, session.organisation, before.sequence, before.digest)
        rows += (after.sequence, after.digest, append.received_us, each.sealed)
        moves += (session.row, after.sequence, after.digest, after.closed)
        moves += (append.received_us, row)
    stored = transaction.execute(_add_batches(len(group)), rows).rowcount
    return stored == len(group) == transaction.execute(_move_heads(len(group)), moves).rowcount


@cache
def _add_batches(count: int) -> str:
    """Add batches whose heads are where they expect them; the head names the row before."""
    return (
        "INSERT INTO batches "  # noqa: S608 - question marks and nothing else
        "(row, organisation, session, sequence, previous_row, digest, received_us, sealed) "
        "SELECT new.column1, heads.organisation, heads.session, new.column6, heads.last_row, "
        f"new.column7, new.column8, new.column9 FROM ({_values(9, count)}) AS new "
        "CROSS JOIN heads ON heads.session = new.column2 AND heads.organisation = new.column3 "
        "AND heads.sequence = new.column4 AND heads.digest = new.column5 AND heads.closed = 0"
    )


@cache
def _move_heads(count: int) -> str:
    return (
        "UPDATE heads "  # noqa: S608
        "SET sequence = new.column2, digest = new.column3, closed = new.column4, "
        f"received_us = new.column5, last_row = new.column6 FROM ({_values(6, count)}) AS new "
        "WHERE heads.session = new.column1"
    )


def _values(columns: int, count: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"VALUES {', '.join([row] * count)}"


def _job_row(append: Append) -> tuple[object, ...]:
    return (append.session.row, append.session.organisation, append.received_us)
