"""What services ask of storage: what is kept, and its end."""

from collections.abc import Sequence
from typing import Protocol

from server.records import StoredObject
from server.records.operation import Retained


class Retention(Protocol):
    """What is kept of one organisation's sessions."""

    def retained(
        self,
        after_row: int,
        objects_before_us: int,
        classes_before_us: int,
        evidence_before_us: int,
    ) -> Sequence[Retained]:
        """The next sessions behind a row that may have something to end, in order of their rows.

        Those with uploads are named if they were decided before the first moment, those with
        classes of keys if it was before the second, those with anything before the third.
        """

    def decided(self, session_row: int) -> Retained | None:
        """One session, if it was decided."""

    def objects_of(self, session_row: int) -> Sequence[StoredObject]:
        """What the session's device uploaded."""

    def evidence_of(self, session_row: int) -> int:
        """How many batches are kept, in the log or compacted."""

    def forget_objects(self, session_row: int, digests: Sequence[bytes]) -> Sequence[bytes]:
        """Unlist objects of a session; under which names their bytes lie, if nothing else does."""

    def forget_evidence(self, session_row: int) -> Sequence[bytes]:
        """Delete a session's batches and what was computed from them; names of what held them."""

    def forget_overwritten(self) -> bool:
        """Take deleted bytes out of the database's files, as far as it can; whether all are out."""
