"""How much may be on its way at once: beyond it, requests are refused before memory grows."""

import random

from server.errors import Refusal, overloaded
from wire import limits

_REQUESTS_MAX = 20_000
_BYTES_MAX = 64 * 1024 * 1024
_WAIT_MIN_S, _WAIT_MAX_S = 3, 10


class Room:
    """Counts requests and bytes from a request's head to its answer."""

    def __init__(self, requests_max: int = _REQUESTS_MAX, bytes_max: int = _BYTES_MAX) -> None:
        self._requests_left = requests_max
        self._bytes_left = bytes_max

    def enter(self, declared: bytes | None) -> int:
        """Make room for a body, by its declared size; what to give back by `leave`.

        Raises:
            Refusal: there is none; come back later, not all at the same moment.
        """
        size_bytes = limits.BATCH_MAX_BYTES
        if declared is not None and len(declared) < 6 and declared.isdigit():
            size_bytes = min(size_bytes, int(declared))
        if self._requests_left < 1 or self._bytes_left < size_bytes:
            raise busy()
        self._requests_left -= 1
        self._bytes_left -= size_bytes
        return size_bytes

    def leave(self, size_bytes: int) -> None:
        """The request is answered."""
        self._requests_left += 1
        self._bytes_left += size_bytes


def busy() -> Refusal:
    """Come back later, not all at the same moment."""
    return overloaded(random.randint(_WAIT_MIN_S, _WAIT_MAX_S))
