"""SQLite connections as the server needs them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from server.storage.sql.failures import tell_when_away

_BUSY_S = 15
_WAL_MAX_PAGES = 16_384
_WAL_KEPT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """See `server.storage.sql.database.Database`."""

    reading: Engine
    writing: Engine

    def alone(self, connection: Connection, organisation: int) -> None:
        """A transaction that writes is alone from its start."""

    def forget_overwritten(self) -> bool:
        """Take deleted bytes out of the write-ahead log too, as far as readers let it."""
        with self.reading.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is None:
                return False
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            (zeroed,) = driver.execute("PRAGMA secure_delete").fetchone()
        return not busy and bool(zeroed)

    @contextmanager
    def changing_tables(self) -> Iterator[Connection]:
        """A transaction in which a table that others refer to can be made anew."""
        with self.writing.connect() as connection:
            driver: Any = connection.connection.driver_connection
            # Can only be switched outside of a transaction.
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RuntimeError(f"the migration leaves {len(broken)} rows without owner")
            finally:
                driver.execute("PRAGMA foreign_keys=ON")


def open_database(path: Path) -> SqliteDatabase:
    """A database whose commits are on the disk when they return (WAL, synchronous=FULL)."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_S}, pool_size=20)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    tell_when_away(engine)
    # A transaction that reads first and writes later fails when another wrote in between; taking
    # the lock at the start makes it wait instead.
    return SqliteDatabase(engine, engine.execution_options(veritype_writes=True))


def connect(path: Path) -> sqlite3.Connection:
    """A connection like the database's, for the batch writer's own statements."""
    connection = sqlite3.connect(path, timeout=_BUSY_S, check_same_thread=False)
    _prepare(connection, None)
    return connection


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
