"""A bounded memory for the event loop alone: no lock, no clock, a few hundred bytes an entry."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Keeps between `limit` and twice as many values: those that were used last.

    Two generations: what is used moves into the younger one; when that is full the older one goes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """The value, if it is kept."""
        value = self._young.get(key)
        if value is None and (value := self._old.pop(key, None)) is not None:
            self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        self._young[key] = value
        if len(self._young) >= self._limit:
            self._old, self._young = self._young, {}

    def forget(self, key: K) -> None:
        """Keep it no more."""
        self._young.pop(key, None)
        self._old.pop(key, None)
