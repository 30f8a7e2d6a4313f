"""What services ask of storage: batches, and the one door by which they get in."""

from collections.abc import Sequence
from typing import Protocol

from server.figures import CommitFigures
from server.records import Append, InLog, SealedSome, SessionEntry, StoredBatch, Taken
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

        Raises:
            LogDamaged: one is not what was stored there.
            KeyUnusable: the key that sealed them is not here.
        """

    def in_log(self, session_row: int) -> Sequence[InLog]:
        """The batches of a session that lie in the log, in order; none of them is opened."""

    def seal_log(self, after: int, limit: int) -> SealedSome | None:
        """Seal rows behind row `after` that are not sealed under the key in force; None: no more.

        Rows that are not sealed at all are left where `log_is_sealed`, and damaged ones always.
        """

    def note_pass(self, plain: int, now_us: int) -> None:
        """Note that all rows were looked at, and how many were not sealed at all."""

    def log_is_sealed(self) -> bool:
        """Whether no row is read any more that is not sealed: none was found for two days."""

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
