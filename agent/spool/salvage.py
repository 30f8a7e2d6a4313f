"""A damaged spool: moved aside whole, and what still reads is saved into a fresh one."""

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from agent.errors import SpoolDamaged
from agent.spool.schema import SCHEMA
from agent.spool.store import Spool
from wire.codes import LossReason

log = logging.getLogger(__name__)
_TABLES = (
    "sessions",
    "batches",
    "objects",
    "receipts",
    "hours",
    "withdrawals",
    "losses",
    "blankings",
    "sent",
)
_KEYS = {"receipts": "session, sequence", "withdrawals": "project"}


def open_spool(path: Path, max_bytes: int) -> tuple[Spool, str]:
    """Open the spool, salvaging it if it is damaged; returns a sentence if it was.

    The damaged file is kept beside the new one. What it held that does not read any more is
    counted as `SPOOL_DAMAGED` in the next header; batches behind a hole are chained anew.
    """
    try:
        return Spool(path, max_bytes), ""
    except SpoolDamaged:
        aside = _set_aside(path)
    saved = _salvage(aside, path)
    spool = Spool(path, max_bytes)
    spool.count_loss(LossReason.SPOOL_DAMAGED)
    log.error("spool was damaged; %d rows saved", saved)
    return (
        spool,
        f"The spool file was damaged; it is kept as {aside.name}, {saved} rows were saved.",
    )


def _set_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
    path.replace(aside)
    for suffix in ("-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.replace(aside.with_name(aside.name + suffix))
    return aside


def _salvage(damaged: Path, path: Path) -> int:
    path.touch(mode=0o600)
    fresh = sqlite3.connect(path)
    saved = 0
    try:
        fresh.executescript(SCHEMA)
        for table in _TABLES:
            for names, row in _readable_rows(damaged, table):
                marks = ", ".join("?" * len(row))
                with contextlib.suppress(sqlite3.Error):  # a row of garbage is not saved
                    saved += fresh.execute(
                        f"INSERT OR IGNORE INTO {table}({names}) VALUES ({marks})",  # noqa: S608
                        row,
                    ).rowcount
        fresh.commit()
    finally:
        fresh.close()
    return saved


def _readable_rows(damaged: Path, table: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Rows of a table up to where it stops reading, and from its other end back to there."""
    order = _KEYS.get(table, "rowid")
    for direction in ("ASC", "DESC"):
        source = sqlite3.connect(damaged)
        try:
            ordered = ", ".join(f"{column.strip()} {direction}" for column in order.split(","))
            cursor = source.execute(f"SELECT * FROM {table} ORDER BY {ordered}")  # noqa: S608
            names = ", ".join(column[0] for column in cursor.description)
            for row in cursor:
                yield names, row
        except sqlite3.DatabaseError:
            continue
        else:
            return
        finally:
            source.close()
