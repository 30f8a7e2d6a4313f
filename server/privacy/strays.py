"""Bytes in the object store that no row names any more: what a crash left between the two."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from itertools import islice

from server.storage.protocols import ObjectStore, Store

_OLD_US = 86_400_000_000
"""Uploads and compaction put bytes first and list them within seconds."""
_PREFIX_BYTES = 8
_AT_ONCE = 500


def remove_strays(store: Store, objects: ObjectStore, organisation: int, now_us: int) -> int:
    """Delete what was written more than a day ago and no row names; how many."""
    # Looked for before the rows: what is listed meanwhile is in them.
    old = list(objects.digests(organisation, now_us - _OLD_US))
    if not old:
        return 0
    named = _Named(name for owner, name in store.listed_objects() if owner == organisation)
    strays = iter([name for name in old if name not in named])
    removed = 0
    while some := list(islice(strays, _AT_ONCE)):
        objects.delete(organisation, some)
        removed += len(some)
    return removed


class _Named:
    """Names, by their first 64 bits: two that agree in them keep each other, 8 bytes each."""

    def __init__(self, names: Iterable[bytes]) -> None:
        self._sorted = array("Q", sorted(map(_prefix, names)))

    def __contains__(self, name: bytes) -> bool:
        prefix = _prefix(name)
        at = bisect_left(self._sorted, prefix)
        return at < len(self._sorted) and self._sorted[at] == prefix


def _prefix(name: bytes) -> int:
    return int.from_bytes(name[:_PREFIX_BYTES], "big")
