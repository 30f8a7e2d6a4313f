"""Losses by reason: nothing is dropped in silence, the next header reports it."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from wire.codes import LossReason

NOTHING: Mapping[int, int] = MappingProxyType({})
"""No losses."""
_U32_MAX = 0xFFFF_FFFF


class Losses:
    """Counts what was lost since the last sealed batch."""

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self._counts: Counter[int] = Counter(dict(counts or {}))

    def add(self, reason: LossReason | int, count: int = 1) -> None:
        """Count `count` lost events (or objects)."""
        if count > 0:
            self._counts[int(reason)] += count

    def put_back(self, counts: Mapping[int, int]) -> None:
        """Take back what a header said that was then not stored."""
        self._counts.update(dict(counts))

    def take_out(self, counts: Mapping[int, int]) -> None:
        """Leave to another what it counts itself."""
        self._counts -= Counter(dict(counts))

    def take(self) -> dict[int, int]:
        """The counts so far, for a header; counting starts anew."""
        taken = {reason: min(count, _U32_MAX) for reason, count in self._counts.items()}
        self._counts.clear()
        return taken

    def __bool__(self) -> bool:
        return bool(self._counts)
