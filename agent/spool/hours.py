"""The rows of `agent.session.hours` in the spool."""

import sqlite3
from collections.abc import Iterable

from agent.session.hours import HourRow, What

_STEP_US = 1_000_000
"""A smaller move of the wall clock starts no new stretch."""


def add_rows(db: sqlite3.Connection, session: bytes, rows: Iterable[HourRow]) -> None:
    """Store rows inside the caller's transaction; a stretch that goes on only grows."""
    for row in rows:
        if row.what is What.COVERED and _grown(db, session, row):
            continue
        db.execute(
            "INSERT INTO hours(session, what, start_us, end_us, zero_us) VALUES (?, ?, ?, ?, ?)",
            (session, int(row.what), row.start_us, row.end_us, row.zero_us),
        )


def _grown(db: sqlite3.Connection, session: bytes, row: HourRow) -> bool:
    grown = db.execute(
        "UPDATE hours SET end_us = ? WHERE session = ? AND what = ? AND end_us = ?"
        " AND abs(zero_us - ?) < ?",
        (row.end_us, session, int(row.what), row.start_us, row.zero_us, _STEP_US),
    )
    return grown.rowcount > 0
