"""Which window was in front at a moment. Pure; shared by the scope rule and the sources."""

from collections import deque

from agent.observations import FocusSeen
from wire.codes import Category

FOCUS_KEPT = 64
NOWHERE = FocusSeen(0, Category.UNKNOWN, 0)
"""Nobody knows what is in front."""


class FocusHistory:
    """The last windows that came to the front, by category and number."""

    def __init__(self) -> None:
        self._seen: deque[FocusSeen] = deque([NOWHERE], maxlen=FOCUS_KEPT)

    @property
    def now(self) -> FocusSeen:
        """The window in front."""
        return self._seen[-1]

    def add(self, seen: FocusSeen) -> None:
        """Another window came to the front."""
        self._seen.append(seen)

    def lost(self, at_us: int) -> None:
        """From here nobody knows what is in front."""
        self._seen.append(FocusSeen(at_us, Category.UNKNOWN, 0))

    def at(self, at_us: int) -> FocusSeen:
        """The window that was in front at a moment."""
        for seen in reversed(self._seen):
            if seen.at_us <= at_us:
                return seen
        return NOWHERE
