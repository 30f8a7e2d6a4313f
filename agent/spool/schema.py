"""The spool's tables."""

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
    id INTEGER PRIMARY KEY,
    session BLOB NOT NULL,
    digest BLOB NOT NULL,
    kind INTEGER NOT NULL,
    data BLOB NOT NULL,
    not_before_us INTEGER NOT NULL,
    aside TEXT NOT NULL DEFAULT '',
    UNIQUE (session, digest)
) STRICT;
CREATE TABLE IF NOT EXISTS receipts (
    session BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL,
    received_us INTEGER NOT NULL,
    message BLOB NOT NULL,
    PRIMARY KEY (session, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS losses (
    reason INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT;
"""
