"""What services ask of storage: sessions that leave the log."""

from collections.abc import Sequence
from typing import Protocol

from server.records import Compacted, StoredBatch, ToCompact


class Compactions(Protocol):
    """Compacted sessions of one organisation."""

    def compacted(self, session_row: int) -> Compacted | None:
        """Where a session lies that has left the log."""

    def compact(self, compacted: Compacted, batches: Sequence[StoredBatch]) -> bool:
        """Take all batches of a closed session out of the log and note where they lie, as one.

        False, and nothing changed, if the session is not over, or was compacted before.

        Raises:
            NotKnown: the log does not hold all of them; nothing changed.
        """

    def sealing_key(self, session_row: int) -> bytes | None:
        """The public key of the session's device."""


class CompactionQueue(Protocol):
    """Sessions that can be compacted, of all organisations."""

    def next_to_compact(self, after: int) -> ToCompact | None:
        """The next session behind a cursor that is over and judged; 0: the first."""
