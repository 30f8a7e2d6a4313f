"""What services ask of storage: batches, and the one door by which they get in."""

from collections.abc import Sequence
from typing import Protocol

from server.figures import CommitFigures
from server.records import Append, SessionEntry, StoredBatch, Taken
from wire.chain import ChainHead


class Batches(Protocol):
    """The batches of one organisation's sessions."""

    def head(self, session_row: int) -> ChainHead:
        """The last accepted batch."""

    def sessions_with_heads(
        self, sessions: Sequence[bytes]
    ) -> Sequence[tuple[SessionEntry, ChainHead]]:
        """Sessions by their ids with their heads, as far as there are any."""

    def taken(self, session_row: int, sequence: int) -> Taken | None:
        """What is known of one stored batch, wherever it lies."""

    def batches(self, session_row: int, after: int = -1) -> Sequence[StoredBatch]:
        """The batches of a session behind number `after`, in order; costs as many look-ups.

        None once the session is compacted.
        """

    def quarantine(self, batch_row: int, reason: str) -> None:
        """Mark a batch whose body does not decode; its bytes stay."""


class BatchWriter(Protocol):
    """The one door by which batches get in."""

    figures: CommitFigures
    """What it counts."""

    @property
    def waiting(self) -> int:
        """Batches that wait for a commit."""

    async def append(self, append: Append) -> bool:
        """Commit a batch and sync it; False, and nothing stored, if the head has moved.

        Raises `Refusal` when too much is waiting or the disk refuses.
        """

    def close(self) -> None:
        """Write what is waiting and stop."""
