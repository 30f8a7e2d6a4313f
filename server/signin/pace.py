"""How often somebody may try something that can be guessed."""

import time
from collections import OrderedDict, deque
from threading import Lock

_NAMES_MAX = 10_000


class Pace:
    """At most `attempts` per `window_s` for each name, within this process."""

    def __init__(self, attempts: int, window_s: float) -> None:
        self._attempts = attempts
        self._window_s = window_s
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, name: str) -> int:
        """Seconds until another attempt is due; 0: now."""
        now = time.monotonic()
        with self._lock:
            times = self._seen.get(name, deque())
            while times and now - times[0] > self._window_s:
                times.popleft()
            if len(times) < self._attempts:
                return 0
            return int(times[0] + self._window_s - now) + 1

    def count(self, name: str) -> None:
        """Note an attempt."""
        with self._lock:
            self._seen.setdefault(name, deque()).append(time.monotonic())
            self._seen.move_to_end(name)
            if len(self._seen) > _NAMES_MAX:
                self._seen.popitem(last=False)

    def clear(self, name: str) -> None:
        """Forget a name's attempts, after one that succeeded."""
        with self._lock:
            self._seen.pop(name, None)
