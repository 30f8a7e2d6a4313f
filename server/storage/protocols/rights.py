"""What services ask of storage: what is held about a person, and its end."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from server.records.privacy import ErasedSession, PersonalExport


class Rights(Protocol):
    """A person's rights over what one organisation holds about them."""

    def held_about(self, person: bytes) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """All rows about a person, table by table, less secrets and what names somebody else."""

    def taken_of(self, session_row: int) -> Sequence[tuple[bytes, int]]:
        """Digest and time of receipt of each batch of a compacted session, in order."""

    def begin_erasure(self, person: bytes, erased_by: str, now_us: int) -> None:
        """Note that a person is being erased, revoke their devices and remove them."""

    def erasing(self, person: bytes) -> bool:
        """Whether a person is erased, or being erased."""

    def add_tombstone(self, session_row: int, erased: ErasedSession) -> None:
        """Keep the digests of a session whose content goes; one that is there stays."""

    def tombstone(self, session_row: int) -> ErasedSession | None:
        """What is left of an erased session."""

    def empty_session(self, session_row: int, facts: bytes | None, nothing: bytes) -> None:
        """Put hours alone, and an assessment of nothing, in the place of what was computed."""

    def finish_erasure(self, person: bytes, name: str, actor: str, now_us: int) -> None:
        """Destroy the person's keys, delete or change every row about them, and say so, as one."""

    def ask_export(self, person: bytes, now_us: int) -> bool:
        """Ask for an export; False if one is being made or lies ready."""

    def exports_asked(self) -> Sequence[PersonalExport]:
        """Every export that was asked for and is not forgotten yet, the newest first."""

    def export_of(self, person: bytes) -> PersonalExport | None:
        """A person's export."""

    def claim_export(self, now_us: int) -> PersonalExport | None:
        """Take one that waits, for an hour."""

    def finish_export(self, made: PersonalExport) -> bool:
        """Note where it lies; False if it is not asked for any more."""

    def forget_exports(self, made_before_us: int, person: bytes | None = None) -> Sequence[bytes]:
        """Delete those that were made before a moment, or a person's; the names they lay under."""
