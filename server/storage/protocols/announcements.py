"""What services ask of storage: what happened, and who is told."""

from collections.abc import Sequence
from typing import Protocol

from server.records.announcements import Announcement
from server.records.notices import Told


class Announcements(Protocol):
    """What happened in one organisation, in order."""

    def announcements(self, after_row: int, limit: int) -> Sequence[Announcement]:
        """The next ones behind a row."""

    def untold(self, limit: int) -> Sequence[Announcement]:
        """The oldest of which it was not yet settled who is told."""

    def tell(self, told: Sequence[Told], now_us: int, *, by_mail: bool) -> int:
        """Number them, and make due what is to be sent and shown, as one; how many were new.

        One that another node told meanwhile is left alone: everybody is told once.
        """


class Untold(Protocol):
    """Announcements of all organisations."""

    def organisations_with_news(self) -> Sequence[int]:
        """Where something happened that nobody was told of."""
