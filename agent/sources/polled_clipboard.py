"""The clipboard where a system counts its changes: Windows and macOS."""

from collections.abc import Callable

from agent.observations import Copied
from agent.redact import TextReducer
from agent.sources.protocol import Emit
from wire.codes import SourceName, SourceState

POLL_US = 250_000


class PolledClipboard:
    """Reads a copied text once, reduces it and drops it; what is marked secret is not read."""

    name = SourceName.CLIPBOARD

    def __init__(
        self, reducer: TextReducer, count: Callable[[], int], text: Callable[[], str | None]
    ) -> None:
        """`count` changes with every copy; `text` is None if it is no text, or marked secret."""
        self._reducer = reducer
        self._count = count
        self._text = text
        self._emit: Emit | None = None
        self._last = 0
        self._next_us = 0

    def start(self, emit: Emit) -> None:
        """Remember the count: what was copied before recording is not read."""
        self._emit, self._last = emit, self._count()

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
                text = self._text()
                self._emit(Copied(now_us, None if text is None else self._reducer.reduce(text)))
        return self._next_us

    def check(self) -> SourceState:
        """Whether the system still answers."""
        if self._emit is None:
            return SourceState.FAILED
        self._count()
        return SourceState.RUNNING
