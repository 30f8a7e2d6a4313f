"""The spool's tables, and what a file of an earlier release lacks."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    id INTEGER PRIMARY KEY,
    session BLOB NOT NULL UNIQUE,
    project BLOB NOT NULL,
    policy_version INTEGER NOT NULL,
    nonce BLOB,
    opening_nonce BLOB,
    anchor INTEGER NOT NULL DEFAULT -1,
    head_sequence INTEGER NOT NULL DEFAULT -1,
    head_digest BLOB NOT NULL,
    head_closed INTEGER NOT NULL DEFAULT 0,
    end_us INTEGER NOT NULL DEFAULT 0,
    stuck TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS batches (
    id INTEGER PRIMARY KEY,
    session BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL,
    sealed BLOB NOT NULL,
    rows INTEGER NOT NULL,
    aside TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_batch_per_number
    ON batches(session, sequence) WHERE aside = '';
CREATE TABLE IF NOT EXISTS objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session BLOB NOT NULL,
    digest BLOB NOT NULL,
    kind INTEGER NOT NULL,
    data BLOB NOT NULL,
    review_left_us INTEGER NOT NULL,
    aside TEXT NOT NULL DEFAULT '',
    kept_us INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, digest)
) STRICT;
CREATE TABLE IF NOT EXISTS sent (
    what INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS blankings (
    id INTEGER PRIMARY KEY,
    session BLOB NOT NULL,
    kind INTEGER NOT NULL,
    digest BLOB NOT NULL,
    kept BLOB NOT NULL,
    at_us INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, digest)
) STRICT;
CREATE TABLE IF NOT EXISTS receipts (
    session BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL,
    received_us INTEGER NOT NULL,
    message BLOB NOT NULL,
    previous BLOB,
    PRIMARY KEY (session, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hours (
    id INTEGER PRIMARY KEY,
    session BLOB NOT NULL,
    what INTEGER NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    zero_us INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS hours_of_session ON hours(session, what, end_us);
CREATE TABLE IF NOT EXISTS withdrawals (
    project BLOB PRIMARY KEY,
    withdrawn_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS losses (
    reason INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT;
"""


_COUNT_DOWN = """
BEGIN IMMEDIATE;
ALTER TABLE objects RENAME COLUMN not_before_us TO review_left_us;
ALTER TABLE objects ADD COLUMN kept_us INTEGER NOT NULL DEFAULT 0;
UPDATE objects SET review_left_us = max(0, review_left_us - unixepoch() * 1000000);
COMMIT;
"""
"""For a file whose pictures went at a moment of the wall clock."""


def bring_up(db: sqlite3.Connection) -> None:
    """Make the tables, and the columns that came later."""
    columns = {row[1] for row in db.execute("PRAGMA table_info(objects)")}
    if "not_before_us" in columns:
        db.executescript(_COUNT_DOWN)
    db.executescript(SCHEMA)
    columns = {row[1] for row in db.execute("PRAGMA table_info(receipts)")}
    if "previous" not in columns:
        db.execute("ALTER TABLE receipts ADD COLUMN previous BLOB")
