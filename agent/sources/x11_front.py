"""The display's windows by the session's numbers, and which of them was in front when."""

from collections import deque

_NUMBER_MAX = 0xFFFF
_KEPT = 64


class FrontWindows:
    """Written by the focus source, read by those that must know whose window was in front."""

    def __init__(self, given: int = 0) -> None:
        """`given`: numbers that an earlier process gave away in this session."""
        self._given = given
        self._numbers: dict[int, int] = {}
        self._front: deque[tuple[int, int]] = deque(maxlen=_KEPT)

    def number(self, window: int) -> int:
        """The session's number of a window, in the order they were first seen; 0 for none."""
        if not window:
            return 0
        new = min(self._given + len(self._numbers) + 1, _NUMBER_MAX)
        return self._numbers.setdefault(window, new)

    def came(self, at_us: int, window: int) -> None:
        """A window came to the front; 0: none is, or nobody knows."""
        self._front.append((at_us, window))

    def at(self, at_us: int) -> int:
        """The window that was in front at a moment; 0 if none was."""
        for since_us, window in reversed(self._front):
            if since_us <= at_us:
                return window
        return 0
