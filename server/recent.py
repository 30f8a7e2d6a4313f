"""A bounded memory of recent look-ups."""

import time
from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps at most `limit` values, each for at most `max_age_s`. Only ever a cache."""

    def __init__(self, limit: int, max_age_s: float) -> None:
        self._limit = limit
        self._max_age_s = max_age_s
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """The value, if it is remembered and fresh."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or time.monotonic() - entry[0] > self._max_age_s:
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def put(self, key: K, value: V) -> None:
        """Remember a value, forgetting the least recently used."""
        with self._lock:
            self._entries[key] = (time.monotonic(), value)
            self._entries.move_to_end(key)
            if len(self._entries) > self._limit:
                self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget one value."""
        with self._lock:
            self._entries.pop(key, None)
