"""Sessions and their heads as this process saw them last.

Only ever a cache: the head in storage decides, and moves by a conditional write, so that any node
may take any batch.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import NamedTuple

from server.ingest.kept import Kept
from server.ingest.lookups import Lookups
from server.records import SessionEntry
from server.storage.protocols import Store
from wire.chain import ChainHead
from wire.header import Header

_KEPT = 150_000

Key = tuple[int, bytes]
"""Organisation and session id."""


class Told(NamedTuple):
    """The nonce that went out with the receipt of one batch."""

    secret: bytes
    anchor: int
    nonce: bytes

    def stands_in(self, header: Header, secret: bytes) -> bool:
        """Whether a header carries it, and the secret it was made with is still the one in use."""
        known = self.anchor == header.anchor and self.secret == secret
        return known and compare_digest(self.nonce, header.nonce)


@dataclass(slots=True)
class Live:
    """A session and its head, as last seen by this process."""

    entry: SessionEntry
    head: ChainHead
    told: Told | None = None
    """The nonce that this process told last: the next batch carries it, unless it was on its way.
    """


class Sessions:
    """Keeps sessions, and looks up those that it does not know."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._live: Kept[Key, Live] = Kept(_KEPT)
        self._lookups = Lookups(self._fetch)

    @property
    def remembered(self) -> int:
        """How many are kept."""
        return len(self._live)

    def remember(self, entry: SessionEntry, head: ChainHead) -> None:
        """Know a session before its next batch."""
        self._live.put((entry.organisation, entry.id), Live(entry, head))

    async def get(self, organisation: int, session: bytes) -> Live | None:
        """A session of this organisation."""
        key = (organisation, session)
        return self._live.get(key) or await self.reload(key)

    async def reload(self, key: Key) -> Live | None:
        """The same, from storage."""
        found = await asyncio.shield(self._lookups.ask(key))
        if found is not None:
            self._live.put(key, found)
        return found

    def _fetch(self, keys: Sequence[Key]) -> Mapping[Key, Live]:
        by_organisation: dict[int, list[bytes]] = {}
        for organisation, session in keys:
            by_organisation.setdefault(organisation, []).append(session)
        return {
            (organisation, entry.id): Live(entry, head)
            for organisation, sessions in by_organisation.items()
            for entry, head in self._store.of(organisation).sessions_with_heads(sessions)
        }
