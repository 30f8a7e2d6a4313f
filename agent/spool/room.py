"""Room in the spool: what it holds, and what goes first when it is full. Every loss is counted."""

import sqlite3

from agent.errors import SpoolRefused
from wire.codes import LossReason, ObjectKind

USED_BYTES = (
    "SELECT (SELECT coalesce(sum(length(sealed)), 0) FROM batches)"
    " + (SELECT coalesce(sum(length(data)), 0) FROM objects)"
)
"""What batches and objects take, sent or not."""


def make_room(db: sqlite3.Connection, needed_bytes: int, max_bytes: int) -> None:
    """The oldest pictures go first, then refused batches, then the oldest other objects.

    Raises:
        SpoolRefused: nothing that may go is left.
    """
    while db.execute(USED_BYTES).fetchone()[0] + needed_bytes > max_bytes:
        if _drop_oldest_object(db, "AND kind = ?", int(ObjectKind.IMAGE)):
            continue
        refused = "SELECT id FROM batches WHERE aside <> '' ORDER BY id LIMIT 1"
        if db.execute(f"DELETE FROM batches WHERE id = ({refused})").rowcount:  # noqa: S608
            continue  # counted when it was put aside
        if not _drop_oldest_object(db, ""):
            raise SpoolRefused(LossReason.SPOOL_FULL, "the spool is full")


def count_loss(db: sqlite3.Connection, reason: LossReason, count: int) -> None:
    """Count a loss inside the caller's transaction."""
    db.execute(
        "INSERT INTO losses(reason, count) VALUES (?, ?)"
        " ON CONFLICT(reason) DO UPDATE SET count = count + excluded.count",
        (int(reason), count),
    )


def _drop_oldest_object(db: sqlite3.Connection, which: str, *values: object) -> bool:
    oldest = f"SELECT id FROM objects WHERE aside = '' {which} ORDER BY id LIMIT 1"  # noqa: S608
    gone = db.execute(f"DELETE FROM objects WHERE id = ({oldest})", values).rowcount  # noqa: S608
    if gone:
        count_loss(db, LossReason.OBJECT_EXPIRED, 1)
    return bool(gone)
