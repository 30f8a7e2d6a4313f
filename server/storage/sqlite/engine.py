"""SQLite connections as the server needs them."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

_BUSY_S = 15
_WAL_MAX_PAGES = 16_384
_WAL_KEPT_BYTES = 64 * 1024 * 1024


def open_engine(path: Path) -> Engine:
    """An engine whose commits are on the disk when they return (WAL, synchronous=FULL)."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_S}, pool_size=20)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def connect(path: Path) -> sqlite3.Connection:
    """A connection like the engine's, for the batch writer's own statements."""
    connection = sqlite3.connect(path, timeout=_BUSY_S, check_same_thread=False)
    _prepare(connection, None)
    return connection


def writing(engine: Engine) -> Engine:
    """The same engine, for transactions that take the write lock at once.

    A transaction that reads first and writes later fails when another wrote in between; taking
    the lock at the start makes it wait instead.
    """
    return engine.execution_options(veritype_writes=True)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    # secure_delete: what is deleted is overwritten with zeros. wal_autocheckpoint: of a process
    # that has no `Checkpoints`; and what a burst left of the log is given back.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"wal_autocheckpoint={_WAL_MAX_PAGES}",
        f"journal_size_limit={_WAL_KEPT_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("veritype_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
