"""The window in front where a system must be asked: Windows and macOS tell nobody of it."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.clock import monotonic_us
from agent.observations import FocusSeen
from agent.redact import category_of
from agent.sources.protocol import Emit
from agent.sources.x11_front import FrontWindows
from wire.codes import Category, SourceName, SourceState
from wire.policy import Policy

POLL_US = 250_000


@dataclass(frozen=True, slots=True)
class Front:
    """The window in front. Its title ends in its category."""

    window: int
    title: str
    program: str

    def __repr__(self) -> str:
        return f"Front(window={self.window}, title not shown)"


class PolledFocus:
    """Category and number of the window in front, four times a second."""

    name = SourceName.FOCUS

    def __init__(
        self, policy: Policy, windows: FrontWindows, look: Callable[[], Front | None]
    ) -> None:
        """`look` asks the system; None: no window is in front, or it does not say."""
        self._policy = policy
        self._windows = windows
        self._ask = look
        self._emit: Emit | None = None
        self._next_us = 0
        self._last: tuple[Category, int] | None = None

    def start(self, emit: Emit) -> None:
        """Report the window in front; see `Source.start`."""
        self._emit, self._last = emit, None
        self._look(monotonic_us())

    def stop(self) -> None:
        """Ask no more."""
        if self._emit is not None:
            self._windows.came(monotonic_us(), 0)
        self._emit = None

    def fileno(self) -> int | None:
        """Only time wakes it."""
        return None

    def pump(self, now_us: int) -> int | None:
        """Look if it is time to."""
        if now_us >= self._next_us:
            self._look(now_us)
        return self._next_us

    def check(self) -> SourceState:
        """Whether the system still answers: asking is all there is to it."""
        if self._emit is None:
            return SourceState.FAILED
        self._ask()
        return SourceState.RUNNING

    def _look(self, now_us: int) -> None:
        self._next_us = now_us + POLL_US
        front = self._ask()
        seen = (Category.UNKNOWN, 0)
        if front is not None:
            category = category_of(self._policy, front.title, front.program)
            seen = (category, self._windows.number(front.window))
        if self._emit is not None and seen != self._last:
            self._last = seen
            self._windows.came(now_us, front.window if front is not None else 0)
            self._emit(FocusSeen(now_us, *seen))
