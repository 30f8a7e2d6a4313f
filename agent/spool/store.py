"""The spool: what was recorded and is not yet safe on the server, in one SQLite file.

Write-ahead log with `synchronous=FULL`: what `add_batch` returned from survives `kill -9` and a
power cut. A batch goes only when its signed acknowledgement is stored in the same transaction.
Bounded by bytes: the oldest pictures go first, counted; in the end new batches are refused,
counted. `agent.spool.bounds` drops what is too old.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from agent.errors import SpoolDamaged, SpoolRefused
from agent.session.hours import rows_of
from agent.session.losses import NOTHING
from agent.spool.hours import add_rows
from agent.spool.receipts import add_receipt
from agent.spool.room import USED_BYTES, count_loss, make_room
from agent.spool.rows import BatchRow, ObjectRow, SessionRow, SpoolCounts
from agent.spool.schema import bring_up
from agent.spool.sent import add_batch_sent, add_object_sent
from wire.batch import Envelope
from wire.chain import OPENING, ChainHead
from wire.codes import LossReason, ObjectKind
from wire.messages import Acknowledgement

_SQLITE_FULL = 13


class Spool:
    """One open spool file; safe to use from several threads."""

    def __init__(self, path: Path, max_bytes: int = 512 * 1024 * 1024) -> None:
        """Open or make the file.

        Raises:
            SpoolDamaged: the file is there and is not a healthy spool; see `agent.spool.salvage`.
        """
        self._path = path
        self._max_bytes = max_bytes
        self._lock = threading.RLock()
        self._forgetting = False
        path.touch(mode=0o600, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise SpoolDamaged(f"the spool file does not read: {error}") from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def exclusive(self) -> AbstractContextManager[object]:
        """Hold the spool from reading a link until its batch is stored: one chain, one writer."""
        return self._lock

    # Sessions.

    def add_session(self, session: bytes, project: bytes, policy_version: int) -> None:
        """Remember a session that is about to be opened."""
        with self._write() as db:
            db.execute(
                "INSERT INTO sessions(session, project, policy_version, head_digest)"
                " VALUES (?, ?, ?, ?)",
                (session, project, policy_version, ChainHead().digest),
            )

    def session_opened(self, session: bytes, nonce: bytes) -> None:
        """The server opened it: batches can be sealed under its first nonce."""
        with self._write() as db:
            db.execute(
                "UPDATE sessions SET nonce = ?1, opening_nonce = ?1, anchor = ?2"
                " WHERE session = ?3",
                (nonce, OPENING, session),
            )

    def drop_session(self, session: bytes) -> None:
        """Forget a session that the server never opened."""
        with self._write() as db:
            db.execute("DELETE FROM sessions WHERE session = ? AND nonce IS NULL", (session,))

    def session_stuck(self, session: bytes, reason: str) -> None:
        """The server will take no more of this session; its batches stay, aside and counted."""
        waiting = "WHERE session = ? AND aside = ''"
        with self._write() as db:
            db.execute("UPDATE sessions SET stuck = ? WHERE session = ?", (reason, session))
            (rows,) = db.execute(
                f"SELECT sum(max(1, rows)) FROM batches {waiting}",  # noqa: S608
                (session,),
            ).fetchone()
            db.execute(f"UPDATE batches SET aside = ? {waiting}", (reason, session))  # noqa: S608
            if rows:
                count_loss(db, LossReason.REFUSED_BY_SERVER, rows)

    def session(self, session: bytes) -> SessionRow:
        """One session; raises `KeyError` if the spool does not know it."""
        rows = self._sessions("WHERE session = ?", session)
        if not rows:
            raise KeyError(session.hex())
        return rows[0]

    def to_open(self) -> SessionRow | None:
        """A session that the server has not opened yet."""
        rows = self._sessions("WHERE nonce IS NULL AND stuck = ''")
        return rows[0] if rows else None

    def unfinished(self) -> list[SessionRow]:
        """Sessions without a final batch that nobody gave up."""
        return self._sessions("WHERE head_closed = 0 AND stuck = ''")

    # Batches.

    def add_batch(
        self,
        envelope: Envelope,
        reported: Mapping[int, int] = NOTHING,
        zero_us: int | None = None,
    ) -> None:
        """Store a sealed batch and the hours it speaks for; when this returns, both are on disk.

        `reported` are the counts from `losses` that its header tells: they go with it, not before.
        `zero_us` is the session's zero on the wall clock; without it, the header's clocks tell.

        Raises:
            SpoolRefused: the spool or the disk is full; nothing was stored.
        """
        header = envelope.header
        with self._write() as db:
            make_room(db, len(envelope.sealed), self._max_bytes)
            db.execute(
                "INSERT INTO batches(session, sequence, digest, sealed, rows)"
                " VALUES (?, ?, ?, ?, ?)",
                (header.session, header.sequence, envelope.digest, envelope.sealed, header.rows),
            )
            self._set_head(db, envelope)
            if zero_us is None:
                zero_us = header.sealed_wall_us - header.end_us
            add_rows(db, header.session, rows_of(envelope, zero_us))
            for lost, count in reported.items():
                db.execute("UPDATE losses SET count = count - ? WHERE reason = ?", (count, lost))
            db.execute("DELETE FROM losses WHERE count <= 0")

    def next_batch(self) -> BatchRow | None:
        """The oldest batch to send."""
        row = self._one(
            "SELECT session, sequence, digest, sealed FROM batches"
            " WHERE aside = '' ORDER BY id LIMIT 1"
        )
        return BatchRow(*row) if row else None

    def acknowledged(self, receipt: Acknowledgement) -> None:
        """Store the receipt, take its nonce, and only then let the batch go: one transaction."""
        with self._write() as db:
            key = (receipt.session, receipt.sequence)
            add_receipt(db, receipt)
            add_batch_sent(db, *key, receipt.digest)
            db.execute(
                "UPDATE sessions SET nonce = ?, anchor = ? WHERE session = ? AND anchor < ?",
                (receipt.nonce, receipt.sequence, receipt.session, receipt.sequence),
            )
            db.execute(
                "DELETE FROM batches WHERE session = ? AND sequence = ? AND digest = ?",
                (*key, receipt.digest),
            )

    def set_aside(self, batch: BatchRow, why: str) -> int:
        """Keep a batch that cannot be sent out of the queue; returns its number of events."""
        key = (batch.session, batch.sequence)
        row = self._one(
            "SELECT rows FROM batches WHERE session = ? AND sequence = ? AND aside = ''", *key
        )
        with self._write() as db:
            db.execute(
                "UPDATE batches SET aside = ? WHERE session = ? AND sequence = ? AND aside = ''",
                (why, *key),
            )
        return int(row[0]) if row else 0

    def waiting_batches(self, session: bytes) -> list[BatchRow]:
        """All batches of a session that wait, oldest first."""
        rows = self._all(
            "SELECT session, sequence, digest, sealed FROM batches"
            " WHERE session = ? AND aside = '' ORDER BY sequence",
            session,
        )
        return [BatchRow(*row) for row in rows]

    def replace_waiting(
        self, session: bytes, head: ChainHead, envelopes: tuple[Envelope, ...]
    ) -> None:
        """Put newly chained batches in the place of those that wait (see `agent.spool.rechain`)."""
        with self._write() as db:
            db.execute("DELETE FROM batches WHERE session = ? AND aside = ''", (session,))
            db.execute(
                "UPDATE sessions SET head_sequence = ?, head_digest = ? WHERE session = ?",
                (head.sequence, head.digest, session),
            )
            for envelope in envelopes:
                header = envelope.header
                db.execute(
                    "INSERT INTO batches(session, sequence, digest, sealed, rows)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (session, header.sequence, envelope.digest, envelope.sealed, header.rows),
                )
                self._set_head(db, envelope)

    def receipt_digest(self, session: bytes, sequence: int) -> bytes | None:
        """The digest that the server acknowledged under this number, if it did."""
        row = self._one(
            "SELECT digest FROM receipts WHERE session = ? AND sequence = ?", session, sequence
        )
        return row[0] if row else None

    # Objects.

    def add_object(
        self,
        session: bytes,
        kind: ObjectKind,
        digest: bytes,
        data: bytes,
        review_us: int = 0,
        kept_us: int = 0,
    ) -> None:
        """Store a picture, title or note, held back for `review_us` of the trainer's presence.

        One that was blanked before, to the last bit, is not stored again. `kept_us` is now, by the
        wall clock.

        Raises:
            SpoolRefused: the spool or the disk is full; nothing was stored.
        """
        with self._write() as db:
            make_room(db, len(data), self._max_bytes)
            db.execute(
                "INSERT OR IGNORE INTO objects"
                "(session, digest, kind, data, review_left_us, kept_us)"
                " SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS"
                " (SELECT 1 FROM blankings WHERE session = ?1 AND digest = ?2)",
                (session, digest, int(kind), data, review_us, kept_us),
            )

    def next_object(self) -> ObjectRow | None:
        """The oldest object whose review time is over."""
        row = self._one(
            "SELECT session, digest, data FROM objects WHERE aside = '' AND review_left_us <= 0"
            " ORDER BY id LIMIT 1"
        )
        return ObjectRow(*row) if row else None

    def object_stored(self, row: ObjectRow) -> None:
        """The server has it."""
        with self._write() as db:
            key = (row.session, row.digest)
            add_object_sent(db, *key)
            db.execute("DELETE FROM objects WHERE session = ? AND digest = ?", key)

    def set_object_aside(self, row: ObjectRow, why: str) -> None:
        """The server refused it for good: counted, its bytes dropped, its name kept."""
        with self._write() as db:
            db.execute(
                "UPDATE objects SET aside = ?, data = x'' WHERE session = ? AND digest = ?",
                (why, row.session, row.digest),
            )
            count_loss(db, LossReason.REFUSED_BY_SERVER, 1)

    # Withdrawals of consent.

    def add_withdrawal(self, project: bytes, withdrawn_us: int) -> None:
        """Remember to tell the server that consent to this project's rules was withdrawn."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO withdrawals VALUES (?, ?)", (project, withdrawn_us))

    def next_withdrawal(self) -> bytes | None:
        """A project whose withdrawal the server does not know yet."""
        row = self._one("SELECT project FROM withdrawals ORDER BY withdrawn_us LIMIT 1")
        return row[0] if row else None

    def withdrawal_told(self, project: bytes) -> None:
        """The server knows."""
        with self._write() as db:
            db.execute("DELETE FROM withdrawals WHERE project = ?", (project,))

    # Losses and counts.

    def count_loss(self, reason: LossReason, count: int = 1) -> None:
        """Count a loss that the next sealed header must report."""
        with self._write() as db:
            count_loss(db, reason, count)

    def losses(self) -> dict[int, int]:
        """The counted losses that no stored header tells yet; `add_batch` lets them go."""
        return dict(self._all("SELECT reason, count FROM losses"))

    def counts(self) -> SpoolCounts:
        """Figures for the status."""
        row = self._one(
            "SELECT (SELECT count(*) FROM batches WHERE aside = ''),"
            " (SELECT count(*) FROM objects WHERE aside = '' AND review_left_us <= 0),"
            " (SELECT count(*) FROM objects WHERE aside = '' AND review_left_us > 0),"
            " (SELECT count(*) FROM batches WHERE aside <> ''),"
            " (SELECT count(*) FROM receipts), (SELECT max(received_us) FROM receipts),"
            " (SELECT count(*) FROM batches WHERE aside <> '' AND session ="
            " (SELECT session FROM sessions ORDER BY id DESC LIMIT 1)),"
            " coalesce((SELECT aside FROM batches WHERE aside <> '' ORDER BY id DESC LIMIT 1), ''),"
            " (SELECT count(*) FROM withdrawals),"
            " (SELECT count(*) FROM blankings WHERE told = 0)"
        )
        waiting, objects, held, aside, *rest = row or (0, 0, 0, 0, 0, None, 0, "", 0, 0)
        ((used,),) = self._all(USED_BYTES)
        return SpoolCounts(waiting, objects, held, aside, used, *rest)

    # For the other modules of this package.

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Write in one transaction; errors come out as the agent's own."""
        return self._write()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read."""
        return self._all(query, *values)

    def forget_pages(self) -> None:
        """Empty the write-ahead log: until then it holds what was just overwritten.

        While somebody reads the file it cannot be emptied: then it is tried after each write.
        """
        ((busy, *_),) = self._all("PRAGMA wal_checkpoint(TRUNCATE)")
        self._forgetting = bool(busy)

    # Inside.

    def _open(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("PRAGMA busy_timeout = 5000")
        bring_up(self._db)
        (verdict,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)

    def _set_head(self, db: sqlite3.Connection, envelope: Envelope) -> None:
        header = envelope.header
        db.execute(
            "UPDATE sessions SET head_sequence = ?, head_digest = ?, head_closed = ?, end_us = ?"
            " WHERE session = ?",
            (header.sequence, envelope.digest, header.final, header.end_us, header.session),
        )

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
                if self._forgetting:
                    self.forget_pages()
            except sqlite3.DatabaseError as error:
                self._roll_back()
                raise _mapped(error) from error
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _sessions(self, where: str, *values: object) -> list[SessionRow]:
        rows = self._all(
            "SELECT session, project, policy_version, nonce, opening_nonce, anchor, head_sequence,"  # noqa: S608
            f" head_digest, head_closed, end_us, stuck FROM sessions {where} ORDER BY id",
            *values,
        )
        return [
            SessionRow(
                session=row[0],
                project=row[1],
                policy_version=row[2],
                nonce=row[3],
                opening_nonce=row[4],
                anchor=row[5],
                head=ChainHead(row[6], row[7], bool(row[8])),
                end_us=row[9],
                stuck=row[10],
            )
            for row in rows
        ]

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(query, *values)
        return rows[0] if rows else None

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._db.execute(query, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise _mapped(error) from error


def _mapped(error: sqlite3.DatabaseError) -> Exception:
    if getattr(error, "sqlite_errorcode", None) == _SQLITE_FULL:
        return SpoolRefused(LossReason.DISK_FULL, "the disk is full")
    if isinstance(error, sqlite3.OperationalError):
        return SpoolRefused(LossReason.DISK_FULL, f"the spool cannot be written: {error}")
    return SpoolDamaged(f"the spool file does not read: {error}")
