"""Hours and holds, as another organisation would ask for them."""

from collections.abc import Callable, Mapping
from typing import Protocol

from server.records import SessionEntry
from server.storage.protocols import OrganisationStore


class Named(Protocol):
    """What can be named of the first organisation."""

    @property
    def entry(self) -> SessionEntry:
        """A session."""


CASES: Mapping[str, Callable[[OrganisationStore, Named], object]] = {
    "hold_minutes": lambda s, x: s.hold_minutes(x.entry.row, [(0, 1)], 2, 1),
    "holds": lambda s, x: s.holds(x.entry.row),
    "release_holds": lambda s, x: s.release_holds(x.entry.row, 1),
}
