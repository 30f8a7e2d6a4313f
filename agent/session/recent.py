"""The session's last events, in memory only: what the trainer's own page shows live."""

import threading
from collections import deque

from wire.events import Event

KEPT_US = 600_000_000
"""Ten minutes."""
_MOST = 8_000


class RecentEvents:
    """Bounded by time and number; written by the recorder, read by the page's threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[tuple[int, Event]] = deque(maxlen=_MOST)
        self._number = 0
        self._newest_us = 0

    def hear(self, event: Event) -> None:
        """Take an event that was recorded."""
        with self._lock:
            self._number += 1
            self._events.append((self._number, event))
            self._newest_us = max(self._newest_us, event.t_us)
            while self._events and self._events[0][1].t_us < self._newest_us - KEPT_US:
                self._events.popleft()

    def after(self, number: int) -> list[tuple[int, Event]]:
        """Events with their numbers, from the one behind `number` on."""
        with self._lock:
            return [(n, event) for n, event in self._events if n > number]
