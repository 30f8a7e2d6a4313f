"""macOS' secure input: while a password field has the focus, the system says so to everybody."""

from collections.abc import Callable

from agent.observations import SecretField
from agent.sources.protocol import Emit
from wire.codes import SourceName, SourceState

POLL_US = 100_000


class PolledSecret:
    """Whether some program switched secure input on (`IsSecureEventInputEnabled`)."""

    name = SourceName.ACCESSIBILITY

    def __init__(self, secure: Callable[[], bool]) -> None:
        self._secure = secure
        self._emit: Emit | None = None
        self._was = False
        self._next_us = 0

    def start(self, emit: Emit) -> None:
        """Begin; a field that has the focus already is told at the first look."""
        self._emit, self._was, self._next_us = emit, False, 0

    def stop(self) -> None:
        """Ask no more."""
        self._emit = None

    def fileno(self) -> int | None:
        """Only time wakes it."""
        return None

    def pump(self, now_us: int) -> int | None:
        """Ask if it is time to; the field is taken to have had the focus since the last look."""
        if self._emit is None:
            return None
        if now_us >= self._next_us:
            self._next_us = now_us + POLL_US
            secure = self._secure()
            if secure is not self._was:
                self._was = secure
                self._emit(SecretField(now_us - (POLL_US if secure else 0), secure, self.name))
        return self._next_us

    def check(self) -> SourceState:
        """Whether it was begun."""
        return SourceState.RUNNING if self._emit is not None else SourceState.FAILED
