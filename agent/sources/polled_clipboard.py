"""The clipboard where a system counts its changes: Windows and macOS."""

from collections.abc import Callable
from enum import Enum

from agent.observations import Copied, CopyRead
from agent.redact import TextReducer
from agent.sources.protocol import Emit
from wire.codes import SourceName, SourceState

POLL_US = 250_000


class Unread(Enum):
    """Why there is no text."""

    NO_TEXT = 0
    MARKED = 1
    """It is marked to be left alone."""
    BUSY = 2
    """Another program keeps the clipboard to itself just now."""


class PolledClipboard:
    """Reads a copied text once, reduces it and drops it; what is marked secret is not read."""

    name = SourceName.CLIPBOARD

    def __init__(
        self, reducer: TextReducer, count: Callable[[], int], text: Callable[[], str | Unread]
    ) -> None:
        """`count` changes with every copy."""
        self._reducer = reducer
        self._count = count
        self._text = text
        self._emit: Emit | None = None
        self._last = 0
        self._next_us = 0
        self._busy_us: int | None = None
        """The copy that is tried again."""

    def start(self, emit: Emit) -> None:
        """Remember the count: what was copied before recording is not read."""
        self._emit, self._last, self._busy_us = emit, self._count(), None

    def stop(self) -> None:
        """Look no more."""
        self._emit = None

    def fileno(self) -> int | None:
        """Only time wakes it."""
        return None

    def pump(self, now_us: int) -> int | None:
        """See whether something was copied."""
        if self._emit is None:
            return None
        if now_us >= self._next_us:
            self._next_us = now_us + POLL_US
            count = self._count()
            if count != self._last:
                self._last = count
                self._copied(self._emit, now_us)
            elif self._busy_us is not None:
                self._again(self._emit, self._busy_us)
        return self._next_us

    def check(self) -> SourceState:
        """Whether the system still answers."""
        if self._emit is None:
            return SourceState.FAILED
        self._count()
        return SourceState.RUNNING

    def _copied(self, emit: Emit, now_us: int) -> None:
        text = self._text()
        busy, marked = text is Unread.BUSY, text is Unread.MARKED
        self._busy_us = now_us if busy else None
        facts = None if isinstance(text, Unread) else self._reducer.reduce(text)
        emit(Copied(now_us, facts, before_recording=marked, unread=busy))

    def _again(self, emit: Emit, copied_us: int) -> None:
        text = self._text()
        if text is Unread.BUSY:
            return
        self._busy_us = None
        facts = None if isinstance(text, Unread) else self._reducer.reduce(text)
        emit(CopyRead(copied_us, copied_us, facts, marked=text is Unread.MARKED))
