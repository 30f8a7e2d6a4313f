"""Sessions and their heads as this process saw them last.

Only ever a cache: the head in storage decides, and moves by a conditional write, so that any node
may take any batch.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.ingest.lookups import Lookups
from server.recent import Recent
from server.records import SessionEntry
from server.storage.protocols import Store
from wire.chain import ChainHead

_REMEMBERED = 200_000
_REMEMBERED_S = 3600.0

Key = tuple[int, bytes]
"""Organisation and session id."""


@dataclass(frozen=True, slots=True)
class Live:
    """A session and its head, as last seen by this process."""

    entry: SessionEntry
    head: ChainHead


class Sessions:
    """Remembers sessions, and looks up those that it does not know."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._live: Recent[Key, Live] = Recent(_REMEMBERED, _REMEMBERED_S)
        self._lookups = Lookups(self._fetch)

    @property
    def remembered(self) -> int:
        """How many are remembered."""
        return len(self._live)

    async def get(self, organisation: int, session: bytes) -> Live | None:
        """A session of this organisation."""
        return self._live.get((organisation, session)) or await self.reload(organisation, session)

    async def reload(self, organisation: int, session: bytes) -> Live | None:
        """The same, from storage."""
        key = (organisation, session)
        live = await asyncio.shield(self._lookups.ask(key))
        if live is not None:
            self._live.put(key, live)
        return live

    def moved(self, live: Live, head: ChainHead) -> None:
        """The session's head is this one now."""
        self._live.put((live.entry.organisation, live.entry.id), replace(live, head=head))

    def _fetch(self, keys: Sequence[Key]) -> Mapping[Key, Live]:
        by_organisation: dict[int, list[bytes]] = {}
        for organisation, session in keys:
            by_organisation.setdefault(organisation, []).append(session)
        return {
            (organisation, entry.id): Live(entry, head)
            for organisation, sessions in by_organisation.items()
            for entry, head in self._store.of(organisation).sessions_with_heads(sessions)
        }
