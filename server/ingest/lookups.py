"""Look-ups that many requests miss at once, done many at a time and off the event loop.

After a restart every agent is unknown. One by one, each would cost a hand-over to a thread and a
query; here those that come while a look-up runs share the next one, like batches share a commit.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_AT_ONCE = 500


class Lookups(Generic[K, V]):
    """Asks storage; `fetch` runs in a thread, one call at a time."""

    def __init__(self, fetch: Callable[[Sequence[K]], Mapping[K, V]]) -> None:
        self._fetch = fetch
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._working: asyncio.Task[None] | None = None

    def ask(self, key: K) -> "asyncio.Future[V | None]":
        """What is stored under the key, or None; not to be cancelled: others may wait for it."""
        future = self._asked.get(key)
        if future is None:
            future = self._asked[key] = asyncio.get_running_loop().create_future()
            if self._working is None:
                self._working = asyncio.create_task(self._work())
        return future

    async def _work(self) -> None:
        while keys := list(islice(self._asked, _AT_ONCE)):
            futures = [self._asked.pop(key) for key in keys]
            try:
                found = await asyncio.to_thread(self._fetch, keys)
            except Exception as error:  # noqa: BLE001 - told to those who asked
                for future in futures:
                    future.set_exception(error)
            else:
                for key, future in zip(keys, futures, strict=True):
                    future.set_result(found.get(key))
        self._working = None
