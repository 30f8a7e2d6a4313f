"""What goes from the spool when it is too old. Every loss is counted by reason.

Batches that wait for the server are never dropped for their age: they are the hours of somebody.
What the server refused was counted when it was put aside, and goes without being counted again.
"""

import sqlite3
from pathlib import Path

from agent.spool.room import count_loss
from agent.spool.store import Spool
from wire.batch import open_envelope
from wire.codes import LossReason
from wire.errors import WireError

AGE_MAX_US = 90 * 24 * 3600 * 1_000_000
"""Older pictures, notes, refused batches and damaged files go."""


def expire(spool: Spool, path: Path, wall_us: int) -> int:
    """Drop what is older than `AGE_MAX_US`; returns how many things went.

    Raises:
        SpoolRefused, SpoolDamaged: it could not be written; nothing went.
    """
    before_us = wall_us - AGE_MAX_US
    with spool.transaction() as db:
        gone = _old_objects(db, before_us) + _old_refused(db, before_us)
    return gone + _old_damaged(path, before_us)


def _old_objects(db: sqlite3.Connection, before_us: int) -> int:
    old = "kept_us > 0 AND kept_us < ?"
    (waiting,) = db.execute(
        f"SELECT count(*) FROM objects WHERE aside = '' AND {old}",  # noqa: S608
        (before_us,),
    ).fetchone()
    gone = db.execute(f"DELETE FROM objects WHERE {old}", (before_us,)).rowcount  # noqa: S608
    if waiting:
        count_loss(db, LossReason.OBJECT_EXPIRED, waiting)
    return gone


def _old_refused(db: sqlite3.Connection, before_us: int) -> int:
    rows = db.execute("SELECT id, sealed FROM batches WHERE aside <> ''").fetchall()
    old = [(number,) for number, sealed in rows if _sealed_us(sealed) < before_us]
    db.executemany("DELETE FROM batches WHERE id = ?", old)
    return len(old)


def _sealed_us(sealed: bytes) -> int:
    try:
        return open_envelope(sealed).header.sealed_wall_us
    except WireError:
        return 0  # nobody will read it again


def _old_damaged(path: Path, before_us: int) -> int:
    """Damaged files that were set aside carry the moment in their name."""
    gone = 0
    for file in path.parent.glob(f"{path.name}.damaged-*"):
        digits = file.name.rpartition(".damaged-")[2].partition("-")[0]
        if digits.isdigit() and int(digits) // 1000 < before_us:
            file.unlink(missing_ok=True)
            gone += 1
    return gone
