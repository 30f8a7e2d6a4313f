"""What services ask of storage: the one door by which batches get in."""

from typing import Protocol

from server.records import Append


class BatchWriter(Protocol):
    """The one door by which batches get in."""

    async def append(self, append: Append) -> bool:
        """Commit a batch and sync it; False, and nothing stored, if the head has moved.

        Raises `Refusal` when too much is waiting or the disk refuses.
        """

    def close(self) -> None:
        """Write what is waiting and stop."""
