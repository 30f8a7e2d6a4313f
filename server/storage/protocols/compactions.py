"""What services ask of storage: sessions that leave the log."""

from collections.abc import Sequence
from typing import Protocol

from server.records import Compacted, SignedDocument, StoredBatch, ToCompact


class Compactions(Protocol):
    """Compacted sessions of one organisation."""

    def compacted(self, session_row: int) -> Compacted | None:
        """Where a session lies that has left the log."""

    def compact(
        self, compacted: Compacted, batches: Sequence[StoredBatch], *, ends: bool = False
    ) -> bool:
        """Take all batches of a closed session out of the log and note where they lie, as one.

        With `ends` one that is open is closed with it, and nothing more of it is taken.
        False, and nothing changed, if the session is not over, or was compacted before.

        Raises:
            NotKnown: the log does not hold all of them; nothing changed.
        """

    def redact(
        self, before: Compacted, after: Compacted, document: bytes, signature: bytes
    ) -> bool:
        """Put columns without classes of keys in the place of both objects of a session.

        False, and nothing changed, if they do not lie where `before` says any more.

        Raises:
            KeyReplaced: the key that `after` was sealed under is gone.
        """

    def redaction(self, session_row: int) -> SignedDocument | None:
        """What was signed when a session's classes were deleted; None: they were not."""

    def sealing_key(self, session_row: int) -> bytes | None:
        """The public key of the session's device."""


class CompactionQueue(Protocol):
    """Sessions that can be compacted, of all organisations."""

    def next_to_compact(self, after: int) -> ToCompact | None:
        """The next session behind a cursor that is over and judged; 0: the first."""
