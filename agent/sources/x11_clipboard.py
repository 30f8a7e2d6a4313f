"""The clipboard on X11, by XFixes notifications. Text becomes length, lines and tag, here.

The text of a copy passes through this module's memory once, is reduced and dropped. What a
password manager marks is not asked for at all.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom
from Xlib.ext import xfixes

from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import Copied, PrimaryRead, Selection, TextFacts
from agent.redact import TextReducer
from agent.sources.protocol import Emit
from agent.sources.x11_display import XConnection
from wire.codes import SourceName, SourceState

TEXT_MAX_BYTES = 8 * 1024 * 1024
"""A longer text is not read to its end: its length stays unknown."""
ANSWER_US = 2_000_000
"""An owner that does not answer for so long is given up."""
PASSWORD_HINT = "x-kde-passwordManagerHint"  # noqa: S105 - the name of a mark, no password
_QUEUE_MAX = 8


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A selection that is to be read."""

    selection: Selection
    at_us: int
    """When it changed hands, or for the primary selection, when it was pasted."""
    owned_at_us: int | None
    before_recording: bool = False


class X11Clipboard:
    """Copies as they happen; the primary selection only when it is pasted in scope."""

    name = SourceName.CLIPBOARD

    def __init__(self, reducer: TextReducer) -> None:
        self._reducer = reducer
        self._connection: XConnection | None = None
        self._emit: Emit = _nowhere
        self._window: Any = None
        self._atoms: dict[str, int] = {}
        self._queue: deque[_Wanted] = deque(maxlen=_QUEUE_MAX)
        self._reading: _Wanted | None = None
        self._deadline_us = 0
        self._parts: list[bytes] | None = None
        self._primary_owned_us: int | None = None

    def start(self, emit: Emit) -> None:
        """Connect, ask for notifications, look at what is there; see `Source.start`."""
        connection = XConnection()
        try:
            _need_xfixes(connection)
            connection.display.xfixes_query_version()
            self._atoms = {
                name: connection.atom(name)
                for name in (
                    "CLIPBOARD",
                    "TARGETS",
                    "UTF8_STRING",
                    "INCR",
                    PASSWORD_HINT,
                    "VERITYPE",
                )
            }
            self._window = connection.root.create_window(
                0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
            )
            mask = xfixes.XFixesSetSelectionOwnerNotifyMask
            for selection in (self._atoms["CLIPBOARD"], Xatom.PRIMARY):
                connection.display.xfixes_select_selection_input(self._window, selection, mask)
            connection.display.sync()
        except BaseException:
            connection.close()
            raise
        self._connection, self._emit = connection, emit
        self._primary_owned_us = None
        # What is there now may be pasted later; its own time lies before the recording.
        now_us = monotonic_us()
        self._want(_Wanted(Selection.CLIPBOARD, now_us, None, before_recording=True), now_us)

    def read_primary(self, clicked_us: int, now_us: int) -> None:
        """Read the primary selection, because it was pasted in scope at `clicked_us`."""
        self._want(_Wanted(Selection.PRIMARY, clicked_us, self._primary_owned_us), now_us)

    def stop(self) -> None:
        """Disconnect, and forget what was being read."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._emit, self._window = None, _nowhere, None
        self._reading = self._parts = None
        self._queue.clear()

    def fileno(self) -> int | None:
        """The display connection."""
        return self._connection.fileno() if self._connection else None

    def pump(self, now_us: int) -> int | None:
        """Take notifications and answers that came."""
        if self._connection is None:
            return None
        for event in self._connection.pending():
            self._event(self._connection, event, now_us)
        if self._reading is not None and now_us > self._deadline_us:
            self._done(None, now_us)
        return self._deadline_us if self._reading is not None else None

    def check(self) -> SourceState:
        """A round trip to the display."""
        alive = self._connection is not None and self._connection.alive()
        return SourceState.RUNNING if alive else SourceState.FAILED

    def _event(self, connection: XConnection, event: Any, now_us: int) -> None:
        if isinstance(event, xfixes.SelectionNotify):
            self._changed_hands(connection, event, now_us)
        elif event.type == X.SelectionNotify:
            self._answered(connection, event, now_us)
        elif event.type == X.PropertyNotify and event.state == X.PropertyNewValue:
            self._more_came(event, now_us)

    def _changed_hands(
        self,
        connection: XConnection,
        event: Any,
        now_us: int,
    ) -> None:
        at_us = connection.clock.to_monotonic_us(event.timestamp, now_us)
        if event.selection == Xatom.PRIMARY:
            self._primary_owned_us = at_us
        elif event.owner.id if hasattr(event.owner, "id") else event.owner:
            self._want(_Wanted(Selection.CLIPBOARD, at_us, at_us), now_us)

    def _want(self, wanted: _Wanted, now_us: int) -> None:
        if self._connection is None:
            return
        self._queue.append(wanted)
        if self._reading is None:
            self._next(now_us)

    def _next(self, now_us: int) -> None:
        self._reading = self._queue.popleft() if self._queue else None
        self._parts = None
        if self._reading is not None:
            self._deadline_us = now_us + ANSWER_US
            self._ask("TARGETS")

    def _ask(self, target: str) -> None:
        if self._reading is None or self._connection is None:
            return
        of = self._atoms["CLIPBOARD"]
        selection = Xatom.PRIMARY if self._reading.selection is Selection.PRIMARY else of
        self._window.convert_selection(
            selection, self._atoms[target], self._atoms["VERITYPE"], X.CurrentTime
        )
        self._connection.display.flush()

    def _answered(
        self,
        connection: XConnection,
        event: Any,
        now_us: int,
    ) -> None:
        if self._reading is None:
            return
        if event.property == X.NONE:
            self._done(None, now_us)
        elif event.target == self._atoms["TARGETS"]:
            self._targets_came(now_us)
        elif event.target == self._atoms["UTF8_STRING"]:
            self._text_came(now_us)
        connection.display.flush()

    def _targets_came(self, now_us: int) -> None:
        found = self._take_property()
        targets = set(found.value) if found is not None and found.format == 32 else set()
        if self._atoms[PASSWORD_HINT] in targets:
            self._forget(now_us)
        elif self._atoms["UTF8_STRING"] in targets:
            self._ask("UTF8_STRING")
        else:
            self._done(None, now_us)

    def _text_came(self, now_us: int) -> None:
        found = self._take_property()
        if found is None:
            self._done(None, now_us)
        elif found.property_type == self._atoms["INCR"]:
            self._parts = []
            self._deadline_us = now_us + ANSWER_US
        else:
            self._done(self._reduced(_bytes(found)), now_us)

    def _more_came(self, event: Any, now_us: int) -> None:
        """A piece of a long text (ICCCM 2.7.2); an empty one ends it."""
        if self._parts is None or event.atom != self._atoms["VERITYPE"]:
            return
        found = self._take_property()
        piece = _bytes(found) if found is not None else b""
        self._deadline_us = now_us + ANSWER_US
        if not piece:
            self._done(self._reduced(b"".join(self._parts)), now_us)
        elif sum(map(len, self._parts)) + len(piece) > TEXT_MAX_BYTES:
            self._done(None, now_us)
        else:
            self._parts.append(piece)

    def _reduced(self, raw: bytes) -> TextFacts:
        return self._reducer.reduce(raw.decode("utf-8", "replace"))

    def _take_property(self) -> Any:
        words = TEXT_MAX_BYTES // 4
        return self._window.get_property(
            self._atoms["VERITYPE"], X.AnyPropertyType, 0, words, delete=True
        )

    def _done(self, facts: TextFacts | None, now_us: int) -> None:
        wanted = self._reading
        if wanted is not None and wanted.selection is Selection.PRIMARY:
            self._emit(PrimaryRead(wanted.at_us, wanted.owned_at_us, facts))
        elif wanted is not None:
            self._emit(Copied(wanted.at_us, facts, wanted.before_recording))
        self._next(now_us)

    def _forget(self, now_us: int) -> None:
        """A password: not even that something was copied is reported, only that it is unknown."""
        if self._reading is not None:
            self._emit(Copied(self._reading.at_us, None, before_recording=True))
        self._next(now_us)


def _need_xfixes(connection: XConnection) -> None:
    if not connection.has(xfixes.extname):
        raise SourceUnavailable("The display offers no XFixes extension.")


def _bytes(found: Any) -> bytes:
    value = found.value
    return value if isinstance(value, bytes) else str(value).encode()


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
