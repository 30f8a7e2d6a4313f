"""Reading the spool beside a running agent: its own connection, and nothing is ever written.

The command line lists receipts and hours, and exports, while the agent process records.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import AlreadyRunning, SpoolDamaged
from agent.paths import Paths
from agent.session.hours import HourRow, What
from agent.settings import Settings
from agent.spool.rows import BatchRow
from agent.spool.salvage import open_spool
from agent.startup import only_instance
from wire.codes import ObjectKind
from wire.decoding import decoder_of
from wire.messages import Acknowledgement


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """A session as this device knows it."""

    session: bytes
    project: bytes
    policy_version: int
    head_sequence: int
    head_digest: bytes
    closed: bool
    stuck: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt, and the digest that its batch named as the one before."""

    receipt: Acknowledgement
    previous: bytes | None
    """None: stored by an agent that did not keep it."""


@dataclass(frozen=True, slots=True)
class ObjectSeen:
    """A picture, title, note or class sequence that still lies here."""

    session: bytes
    digest: bytes
    kind: ObjectKind
    data: bytes
    review_left_us: int
    aside: str


class SpoolReader:
    """Queries on one open connection."""

    def __init__(self, path: Path) -> None:
        """Open the file for reading.

        Raises:
            SpoolDamaged: it does not read.
        """
        try:
            self._db = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=5)
            self._db.execute("PRAGMA query_only = ON")
        except sqlite3.DatabaseError as error:
            raise SpoolDamaged(f"The spool file does not read: {error}.") from error

    def close(self) -> None:
        """Close it."""
        self._db.close()

    def sessions(self) -> list[SessionSeen]:
        """All sessions that the server opened, oldest first."""
        rows = self._all(
            "SELECT session, project, policy_version, head_sequence, head_digest, head_closed,"
            " stuck FROM sessions WHERE nonce IS NOT NULL ORDER BY id"
        )
        return [
            SessionSeen(session, project, version, sequence, digest, bool(closed), stuck)
            for session, project, version, sequence, digest, closed, stuck in rows
        ]

    def hours(self, session: bytes) -> list[HourRow]:
        """The session's hours, in the order they were stored."""
        rows = self._all(
            "SELECT what, start_us, end_us, zero_us FROM hours WHERE session = ? ORDER BY id",
            session,
        )
        return [HourRow(What(row[0]), *row[1:]) for row in rows]

    def receipts(self, session: bytes) -> list[ReceiptRow]:
        """The session's receipts, in the order of their batches."""
        rows = self._all(
            "SELECT message, previous FROM receipts WHERE session = ? ORDER BY sequence", session
        )
        return [
            ReceiptRow(decoder_of(Acknowledgement).decode(message), previous)
            for message, previous in rows
        ]

    def batches(self, session: bytes, *, aside: bool) -> list[BatchRow]:
        """The session's batches that wait, or those that were put aside."""
        rows = self._all(
            "SELECT session, sequence, digest, sealed FROM batches"
            " WHERE session = ? AND (aside <> '') = ? ORDER BY sequence",
            session,
            aside,
        )
        return [BatchRow(*row) for row in rows]

    def objects(self) -> list[ObjectSeen]:
        """Everything that lies here beside the batches, oldest first."""
        rows = self._all(
            "SELECT session, digest, kind, data, review_left_us, aside FROM objects ORDER BY id"
        )
        return [
            ObjectSeen(session, digest, ObjectKind(kind), data, review_left_us, aside)
            for session, digest, kind, data, review_left_us, aside in rows
        ]

    def blankings(self) -> list[dict[str, Any]]:
        """What the trainer blanked: names and times, the pictures are gone."""
        rows = self._all("SELECT session, digest, kept, at_us FROM blankings ORDER BY id")
        return [dict(zip(("session", "digest", "kept", "at_us"), row, strict=True)) for row in rows]

    def losses(self) -> dict[int, int]:
        """Losses that no header tells yet."""
        return dict(self._all("SELECT reason, count FROM losses"))

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise SpoolDamaged(f"The spool file does not read: {error}.") from error


@contextmanager
def reading(paths: Paths, settings: Settings) -> Iterator[SpoolReader]:
    """The spool for reading, whether the agent process runs or not.

    Raises:
        SpoolDamaged: it does not read.
    """
    try:
        with only_instance(paths):
            # Nobody writes: an old or damaged file is brought up or mended first.
            open_spool(paths.spool, settings.spool_max_bytes)[0].close()
    except AlreadyRunning:
        pass
    reader = SpoolReader(paths.spool)
    try:
        yield reader
    finally:
        reader.close()
