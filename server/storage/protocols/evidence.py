"""What services ask of storage: sessions and what belongs to them."""

from collections.abc import Sequence
from typing import Protocol

from server.records import (
    EVERYBODY,
    LateBlanking,
    NewSession,
    SessionEntry,
    SessionLine,
    Sight,
    StoredObject,
)


class Evidence(Protocol):
    """Sessions of one organisation with what belongs to them."""

    def add_session(self, session: NewSession) -> SessionEntry | None:
        """Store a session, or find the same one; None if the id is another session's."""

    def session(self, session: bytes) -> SessionEntry | None:
        """A session by its id."""

    def sessions_of(self, person: bytes) -> Sequence[SessionEntry]:
        """All sessions of a person, the oldest first."""

    def session_numbered(self, row: int) -> SessionEntry | None:
        """A session by storage's number."""

    def add_object(self, session_row: int, entry: StoredObject) -> bool:
        """List an object whose bytes are stored; whether it is new.

        Raises:
            KeyReplaced: the key they are sealed under is gone.
        """

    def total_objects(self, session_row: int) -> tuple[int, int]:
        """How many objects a session has, and their bytes."""

    def stored_digests(self, session_row: int) -> frozenset[bytes]:
        """Every object of a session, by its digest."""

    def object(self, session_row: int, digest: bytes) -> StoredObject | None:
        """An object of a session."""

    def add_late_blanking(
        self, session_row: int, blanking: LateBlanking, message: bytes, now_us: int
    ) -> bool:
        """Store the trainer's signed word that a picture was blanked; whether it is new."""

    def late_blankings(self, session_row: int) -> Sequence[LateBlanking]:
        """What was blanked after the session was over, in order."""

    def lines(self, sight: Sight, limit: int, before_row: int | None) -> Sequence[SessionLine]:
        """Sessions within sight, newest first."""

    def lines_of(self, rows: Sequence[int]) -> Sequence[SessionLine]:
        """Sessions by their numbers, in that order."""

    def line(self, session: bytes, sight: Sight = EVERYBODY) -> SessionLine | None:
        """One session's line, if it is within sight."""
