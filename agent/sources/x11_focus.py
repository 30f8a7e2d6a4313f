"""Which window is in front, by the window manager's property notifications."""

from Xlib import X
from Xlib import error as xerror

from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import FocusSeen, TitleRead
from agent.sources.protocol import Emit
from agent.sources.x11_display import XConnection
from agent.sources.x11_front import FrontWindows
from agent.sources.x11_windows import Windows
from wire.codes import Category, SourceName, SourceState
from wire.policy import Policy


class X11Focus:
    """Category and number of the window in front, again when its title changes its category."""

    name = SourceName.FOCUS

    def __init__(self, policy: Policy, windows: FrontWindows) -> None:
        """`windows` numbers the display's windows for the session, and outlives a pause."""
        self._policy = policy
        self._connection: XConnection | None = None
        self._windows: Windows | None = None
        self._emit: Emit = _nowhere
        self._numbers = windows
        self._front = 0
        self._title = (0, "")
        self._last: tuple[Category, int] | None = None

    def start(self, emit: Emit) -> None:
        """Connect, ask for notifications, report the window in front; see `Source.start`."""
        connection = XConnection()
        try:
            windows = Windows(connection, self._policy)
            connection.root.change_attributes(event_mask=X.PropertyChangeMask)
            _need_manager(windows)
        except BaseException:
            connection.close()
            raise
        self._connection, self._windows, self._emit = connection, windows, emit
        self._front, self._last = 0, None
        self._look(monotonic_us())

    def stop(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()
            self._numbers.came(monotonic_us(), 0)
        self._connection = self._windows = None
        self._emit = _nowhere

    def fileno(self) -> int | None:
        """The display connection."""
        return self._connection.fileno() if self._connection else None

    def pump(self, now_us: int) -> int | None:
        """Take the notifications that came; several for one change are looked at once."""
        if self._connection is None or self._windows is None:
            return None
        changed_us: int | None = None
        for event in self._connection.pending():
            if event.type == X.PropertyNotify and (
                event.atom == self._windows.active_atom or event.atom in self._windows.title_atoms
            ):
                changed_us = self._connection.clock.to_monotonic_us(event.time, now_us)
        if changed_us is not None:
            self._look(changed_us)
        return None

    def check(self) -> SourceState:
        """A round trip to the display, and whether a window manager still answers."""
        if self._connection is None or self._windows is None or not self._connection.alive():
            return SourceState.FAILED
        return SourceState.RUNNING if self._windows.has_manager() else SourceState.FAILED

    def _look(self, at_us: int) -> None:
        if self._windows is None:
            return
        front = self._windows.active()
        if front != self._front:
            self._watch_title(front)
            self._front = front
            self._numbers.came(at_us, front)
        seen = (self._windows.category(front), self._numbers.number(front))
        if seen != self._last:
            self._last = seen
            self._emit(FocusSeen(at_us, *seen))
        if self._policy.record_titles and seen[0] is Category.TASK:
            self._read_title(self._windows, at_us, seen[1])

    def _read_title(self, windows: Windows, at_us: int, number: int) -> None:
        title = windows.title(self._front)
        # Read again after the category was judged: a title that no longer fits is not kept.
        fits = title and windows.category(self._front) is Category.TASK
        if fits and (number, title) != self._title:
            self._title = (number, title)
            self._emit(TitleRead(at_us, number, title.encode()))

    def _watch_title(self, front: int) -> None:
        if self._windows is None:
            return
        for number, mask in ((self._front, X.NoEventMask), (front, X.PropertyChangeMask)):
            if number:
                try:
                    self._windows.window(number).change_attributes(event_mask=mask)
                except xerror.XError:
                    continue


def _need_manager(windows: Windows) -> None:
    if not windows.has_manager():
        raise SourceUnavailable(
            "The window manager does not say which window is in front (no EWMH), "
            "so task windows cannot be told from others."
        )


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
