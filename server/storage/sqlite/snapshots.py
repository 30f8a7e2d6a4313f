"""A consistent copy of the database while it is written to."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from server.storage.sqlite.engine import connect

_PAGES = 2_000
_REST_S = 0.002
Told = Callable[[str, int, int], None]


def copy_database(path: Path, into: Path, told: Told) -> None:
    """Copy the database as it is at one moment, in steps that leave the disk to the writer.

    The copy reads inside one read transaction: without it SQLite begins anew after each commit of
    another connection, and under load would never end. Writers go on; what they add to the
    write-ahead log meanwhile is merged when the copy is done.
    """
    source = connect(path)
    target = sqlite3.connect(into)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            target,
            pages=_PAGES,
            progress=lambda _status, left, total: told("database", total - left, total),
            sleep=_REST_S,
        )
        # One file, so that nothing beside it has to be carried along.
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        target.close()
        source.close()
