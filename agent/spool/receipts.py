"""Receipts in the spool: each signed acknowledgement, and the digest before its batch's."""

import sqlite3

from wire.batch import open_envelope
from wire.errors import WireError
from wire.messages import Acknowledgement, encode_message


def add_receipt(db: sqlite3.Connection, receipt: Acknowledgement) -> None:
    """Store a receipt inside the caller's transaction, before its batch goes.

    The digest of the batch before is kept with it, so that the chain can be checked without the
    batches.
    """
    key = (receipt.session, receipt.sequence)
    row = db.execute(
        "SELECT sealed FROM batches WHERE session = ? AND sequence = ? AND digest = ?",
        (*key, receipt.digest),
    ).fetchone()
    db.execute(
        "INSERT INTO receipts(session, sequence, digest, received_us, message, previous)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(session, sequence) DO UPDATE SET"
        " digest = excluded.digest, received_us = excluded.received_us,"
        " message = excluded.message, previous = coalesce(excluded.previous, previous)",
        (
            *key,
            receipt.digest,
            receipt.received_us,
            encode_message(receipt),
            _previous(row[0]) if row else None,
        ),
    )


def _previous(sealed: bytes) -> bytes | None:
    try:
        return open_envelope(sealed).header.previous
    except WireError:
        return None
