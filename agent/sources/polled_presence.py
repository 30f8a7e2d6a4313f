"""Whether the person can be there, where a system is asked for it: locked, and the last input."""

from collections.abc import Callable

from agent.observations import PersonThere, PresenceSeen
from agent.sources.protocol import Emit
from wire.codes import PresenceChange, SourceName, SourceState

POLL_US = 1_000_000


class PolledPresence:
    """A lock within a second; input that no other source may have seen, within the same."""

    name = SourceName.PRESENCE

    def __init__(self, locked: Callable[[], bool | None], inputs: Callable[[], int | None]) -> None:
        """`locked`: None if the system does not say; `inputs` changes with every input."""
        self._ask_locked = locked
        self._ask_inputs = inputs
        self._emit: Emit | None = None
        self._locked = False
        self._inputs: int | None = None
        self._next_us = 0

    def start(self, emit: Emit) -> None:
        """Begin: unlocked, until the system says otherwise."""
        self._emit, self._locked, self._inputs = emit, False, self._ask_inputs()

    def stop(self) -> None:
        """Ask no more."""
        self._emit = None

    def fileno(self) -> int | None:
        """Only time wakes it."""
        return None

    def pump(self, now_us: int) -> int | None:
        """Ask if it is time to."""
        if self._emit is None:
            return None
        if now_us >= self._next_us:
            self._next_us = now_us + POLL_US
            self._look(now_us, self._emit)
        return self._next_us

    def check(self) -> SourceState:
        """Whether it was begun: asking cannot break between two looks."""
        return SourceState.RUNNING if self._emit is not None else SourceState.FAILED

    def _look(self, now_us: int, emit: Emit) -> None:
        locked, inputs = bool(self._ask_locked()), self._ask_inputs()
        if locked is not self._locked:
            self._locked = locked
            change = PresenceChange.LOCKED if locked else PresenceChange.UNLOCKED
            emit(PresenceSeen(now_us, change))
        if inputs != self._inputs:
            self._inputs = inputs
            if not locked:
                emit(PersonThere(now_us))
