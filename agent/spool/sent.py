"""How much has left this device, in all; kept as totals, because what was sent goes."""

import sqlite3
from enum import IntEnum

import msgspec


class SentWhat(IntEnum):
    """What left."""

    BATCH = 0
    OBJECT = 1


class Sent(msgspec.Struct, frozen=True):
    """Totals of what the server has acknowledged."""

    batches: int = 0
    batch_bytes: int = 0
    objects: int = 0
    object_bytes: int = 0


def add_batch_sent(db: sqlite3.Connection, session: bytes, sequence: int, digest: bytes) -> None:
    """Count a batch inside the caller's transaction, before it goes."""
    query = "SELECT length(sealed) FROM batches WHERE session = ? AND sequence = ? AND digest = ?"
    _add(db, SentWhat.BATCH, db.execute(query, (session, sequence, digest)).fetchone())


def add_object_sent(db: sqlite3.Connection, session: bytes, digest: bytes) -> None:
    """Count an object inside the caller's transaction, before it goes."""
    query = "SELECT length(data) FROM objects WHERE session = ? AND digest = ?"
    _add(db, SentWhat.OBJECT, db.execute(query, (session, digest)).fetchone())


def sent_of(rows: list[tuple[int, int, int]]) -> Sent:
    """The totals of the table's rows (what, count, bytes)."""
    found = {what: (count, size) for what, count, size in rows}
    return Sent(*found.get(SentWhat.BATCH, (0, 0)), *found.get(SentWhat.OBJECT, (0, 0)))


def _add(db: sqlite3.Connection, what: SentWhat, found: tuple[int] | None) -> None:
    if found is not None:
        db.execute(
            "INSERT INTO sent(what, count, bytes) VALUES (?, 1, ?) ON CONFLICT(what) DO UPDATE"
            " SET count = count + 1, bytes = bytes + excluded.bytes",
            (int(what), found[0]),
        )
