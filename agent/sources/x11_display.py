"""One connection to the X server: opened, checked, its clock translated to ours."""

import logging
from collections.abc import Iterator
from typing import Any

from Xlib import X, Xatom, display
from Xlib import error as xerror
from Xlib.protocol import rq

from agent.clock import monotonic_us
from agent.display import check_display
from agent.errors import DisplayUnavailable, SourceUnavailable

LOST = (xerror.ConnectionClosedError, OSError)
"""What python-xlib raises when the connection is gone."""

_WINDOW_US = 60_000_000
_JUMP_US = 30_000_000
"""More than any stalled reader: a suspend, or the server's 32-bit clock started anew."""

log = logging.getLogger(__name__)


class XConnection:
    """A display connection whose errors are counted and whose loss is noticed."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            SourceUnavailable: there is no display, or it refuses.
        """
        try:
            self.display = display.Display(check_display())
        except DisplayUnavailable as error:
            raise SourceUnavailable(str(error)) from error
        except (xerror.DisplayError, xerror.XError, OSError, ValueError) as error:
            raise SourceUnavailable(
                "The display does not take connections: is it running, and is it yours?"
            ) from error
        self.display.set_error_handler(_ignore)
        self.root = self.display.screen().root
        self.clock = ServerClock()
        self._early: list[Any] = []
        self._own = self.root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._touch()
        self._early = self._arrived()

    def fileno(self) -> int:
        """The connection's file descriptor."""
        return int(self.display.fileno())

    def pending(self) -> Iterator[Any]:
        """Events that have come, also those that come while they are worked on.

        Raises one of `LOST` if the connection is gone.
        """
        early, self._early = self._early, []
        yield from early
        while arrived := self._arrived():
            yield from arrived

    def _arrived(self) -> list[Any]:
        """Events for the caller; those of our own window only set the clock."""
        events = []
        for _ in range(self.display.pending_events()):
            event = self.display.next_event()
            if event.type == X.PropertyNotify and event.window.id == self._own.id:
                self.clock.to_monotonic_us(event.time)
            else:
                events.append(event)
        return events

    def _touch(self) -> None:
        """Have the server tell its time, by a change to a property of our own window."""
        self._own.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"")
        self.display.sync()

    def atom(self, name: str) -> int:
        """The number of a name."""
        return int(self.display.intern_atom(name))

    def alive(self) -> bool:
        """Whether the X server still answers."""
        try:
            self._touch()
        except LOST:
            return False
        return True

    def has(self, extension: str) -> bool:
        """Whether the X server offers an extension."""
        return bool(self.display.has_extension(extension))

    def close(self) -> None:
        """Close the connection; a lost one is closed already."""
        try:
            self.display.close()
        except LOST:
            log.debug("display connection was lost before it was closed")


class ServerClock:
    """Translates the X server's millisecond clock to the machine's monotonic clock.

    An event can only arrive after it happened, so the smallest difference seen lately is the
    best estimate of the offset; a jump (suspend) or a new minute starts the estimate anew.
    """

    def __init__(self) -> None:
        self._offset_us: int | None = None
        self._next_us: int | None = None
        self._since_us = 0

    def to_monotonic_us(self, server_ms: int, now_us: int | None = None) -> int:
        """When an event of the server's time `server_ms` happened, never in the future."""
        now_us = monotonic_us() if now_us is None else now_us
        observed_us = now_us - server_ms * 1000
        if self._offset_us is None or observed_us - self._offset_us > _JUMP_US:
            self._offset_us, self._next_us, self._since_us = observed_us, None, now_us
        self._offset_us = min(self._offset_us, observed_us)
        self._roll(observed_us, now_us)
        return min(now_us, server_ms * 1000 + self._offset_us)

    def _roll(self, observed_us: int, now_us: int) -> None:
        self._next_us = observed_us if self._next_us is None else min(self._next_us, observed_us)
        if now_us - self._since_us > _WINDOW_US:
            self._offset_us, self._next_us, self._since_us = self._next_us, None, now_us


def _ignore(error: xerror.XError, _request: rq.Request | None) -> None:
    """Windows vanish between two requests: that is no fault."""
    log.debug("display answered with an error: %s", type(error).__name__)
