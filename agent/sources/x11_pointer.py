"""The pointer on X11: clicks and scroll steps by raw events, movement sampled four times a second.

Raw motion events would cost 2 to 6 % of a core; how far the pointer moved in a second is all that
is recorded anyway.
"""

from Xlib.ext import xinput

from agent.observations import MiddleClicked, PointerUsed
from agent.sources.protocol import Emit
from agent.sources.x11_display import XConnection
from agent.sources.x11_raw import BUTTON_MASK, RawEvent, raw_event, select_raw
from wire.codes import SourceName, SourceState

SAMPLE_US = 250_000
_MIDDLE = 2
_SCROLL = range(4, 8)


class X11Pointer:
    """Clicks, scroll steps and distance."""

    name = SourceName.POINTER

    def __init__(self) -> None:
        self._connection: XConnection | None = None
        self._emit: Emit = _nowhere
        self._place: tuple[int, int] | None = None
        self._sampled_us = 0

    def start(self, emit: Emit) -> None:
        """Connect and ask for raw button events; see `Source.start`."""
        connection = XConnection()
        try:
            select_raw(connection, BUTTON_MASK)
        except BaseException:
            connection.close()
            raise
        self._connection, self._emit, self._place = connection, emit, None

    def stop(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._emit = None, _nowhere

    def fileno(self) -> int | None:
        """The display connection."""
        return self._connection.fileno() if self._connection else None

    def pump(self, now_us: int) -> int | None:
        """Take the clicks that came; sample the position when it is time."""
        if self._connection is None:
            return None
        for event in self._connection.pending():
            raw = raw_event(event)
            if raw is not None and raw.kind == xinput.RawButtonPress:
                self._pressed(self._connection, raw)
        if now_us - self._sampled_us >= SAMPLE_US:
            self._sampled_us = now_us
            self._sample(self._connection, now_us)
        return self._sampled_us + SAMPLE_US

    def check(self) -> SourceState:
        """A round trip to the display."""
        alive = self._connection is not None and self._connection.alive()
        return SourceState.RUNNING if alive else SourceState.FAILED

    def _pressed(self, connection: XConnection, raw: RawEvent) -> None:
        at_us = connection.clock.to_monotonic_us(raw.server_ms)
        if raw.detail in _SCROLL:
            self._emit(PointerUsed(at_us, scrolls=1))
            return
        self._emit(PointerUsed(at_us, clicks=1))
        if raw.detail == _MIDDLE:
            self._emit(MiddleClicked(at_us))

    def _sample(self, connection: XConnection, now_us: int) -> None:
        seen = connection.root.query_pointer()
        place = (seen.root_x, seen.root_y)
        if self._place is not None and place != self._place:
            moved_px = abs(place[0] - self._place[0]) + abs(place[1] - self._place[1])
            self._emit(PointerUsed(now_us, moved_px=moved_px))
        self._place = place


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
