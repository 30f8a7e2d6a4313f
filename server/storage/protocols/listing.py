"""What services ask of storage: pages of one organisation's lists, for platforms."""

from collections.abc import Sequence
from typing import Protocol

from server.records import DeviceLine, Project, SessionLine
from server.records.listing import SessionFilter


class Listing(Protocol):
    """Pages that cost the same wherever in a list they lie.

    A page begins behind `after`, the row or the id of the last thing on the page before.
    """

    def sessions_after(
        self, wanted: SessionFilter, after: int | None, limit: int
    ) -> Sequence[SessionLine]:
        """Sessions, the one that was opened last first."""

    def projects_after(self, after: bytes | None, limit: int) -> Sequence[Project]:
        """Projects by their ids, each with the policy in force."""

    def devices_after(
        self, person: bytes | None, after: bytes | None, limit: int
    ) -> Sequence[DeviceLine]:
        """Devices by their ids; of one person, if one is given."""

    def device(self, device: bytes) -> DeviceLine | None:
        """One device."""
