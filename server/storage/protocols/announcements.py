"""What services ask of storage: what happened."""

from collections.abc import Sequence
from typing import Protocol

from server.records.announcements import Announcement


class Announcements(Protocol):
    """What happened in one organisation, in order."""

    def announcements(self, after_row: int, limit: int) -> Sequence[Announcement]:
        """The next ones behind a row."""
