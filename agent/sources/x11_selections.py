"""Pastes on X11, as the program in front asks for copied text: by key, menu or middle click.

The request names the selection and the form that is wanted, never the text. Requests of programs
that are not in front (clipboard managers, this agent) are dropped here.
"""

from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom
from Xlib import error as xerror

from agent.observations import Selection, SelectionRequested
from agent.sources.protocol import Emit
from agent.sources.x11_display import XConnection
from agent.sources.x11_front import FrontWindows
from agent.sources.x11_record import Conversion, ConversionRecord
from agent.sources.x11_windows import Windows, same_program
from wire.codes import SourceName, SourceState
from wire.policy import Policy

DRAG_LOOK_US = 100_000
DRAG_MAX_US = 60_000_000
"""A drag that takes longer is forgotten."""
_PROBE = "VERITYPE_PROBE"
_TEXT_TARGETS = frozenset(("UTF8_STRING", "STRING", "TEXT", "COMPOUND_TEXT"))
_NOT_TEXT = ("text/uri-list", "text/x-moz-url")
_DEPTH_MAX = 16
_TARGETS_MAX = 512


@dataclass(frozen=True, slots=True)
class _Drag:
    """A program under the pointer asked for what is being dragged."""

    at_us: int
    requestor: int
    waited: bool = False


class X11Selections:
    """Requests for copied or dragged text by the program whose window it goes to."""

    name = SourceName.SELECTIONS

    def __init__(self, policy: Policy, front: FrontWindows) -> None:
        self._policy = policy
        self._front = front
        self._control: XConnection | None = None
        self._data: XConnection | None = None
        self._record: ConversionRecord | None = None
        self._windows: Windows | None = None
        self._emit: Emit = _nowhere
        self._window: Any = None
        self._probe = 0
        self._unanswered = False
        self._selections: dict[int, Selection] = {}
        self._is_text: dict[int, bool] = {}
        self._drag: _Drag | None = None

    def start(self, emit: Emit) -> None:
        """Connect twice and have the requests recorded; see `Source.start`."""
        control = XConnection()
        data: XConnection | None = None
        try:
            data = XConnection()
            self._record = ConversionRecord(control, data)
            self._windows = Windows(control, self._policy)
            self._window = control.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
            self._probe = control.atom(_PROBE)
            self._selections = {
                control.atom("CLIPBOARD"): Selection.CLIPBOARD,
                Xatom.PRIMARY: Selection.PRIMARY,
                control.atom("XdndSelection"): Selection.DROP,
            }
        except BaseException:
            control.close()
            if data is not None:
                data.close()
            raise
        self._control, self._data, self._emit = control, data, emit
        self._is_text, self._unanswered, self._drag = {}, False, None

    def stop(self) -> None:
        """Disconnect; the server ends the recording with the connection."""
        for connection in (self._data, self._control):
            if connection is not None:
                connection.close()
        self._control = self._data = self._record = self._windows = self._window = None
        self._emit, self._drag = _nowhere, None

    def fileno(self) -> int | None:
        """The connection that the recorded requests come on."""
        return self._record.fileno() if self._record else None

    def pump(self, now_us: int) -> int | None:
        """Take the requests that came."""
        if self._record is None or self._control is None:
            return None
        for request in self._record.take():
            self._asked(self._control, request, now_us)
        if self._drag is None:
            return None
        self._look_for_drop(self._control, self._drag, now_us)
        return now_us + DRAG_LOOK_US if self._drag is not None else None

    def check(self) -> SourceState:
        """Whether a request of our own comes back through the recording."""
        if self._control is None or self._record is None:
            return SourceState.FAILED
        self._take_late()
        if self._unanswered:
            return SourceState.FAILED
        self._unanswered = True
        self._window.convert_selection(self._probe, self._probe, self._probe, X.CurrentTime)
        if not self._control.alive():
            return SourceState.FAILED
        for _ in self._control.pending():
            continue
        self._take_late()
        return SourceState.RUNNING

    def _take_late(self) -> None:
        if self._record is not None and self._control is not None:
            for request in self._record.take():
                self._asked(self._control, request, None)

    def _asked(self, control: XConnection, request: Conversion, now_us: int | None) -> None:
        if request.selection == self._probe:
            self._unanswered = False
            return
        selection = self._selections.get(request.selection)
        if selection is None or not self._wants_text(control, request.target):
            return
        at_us = control.clock.to_monotonic_us(request.server_ms, now_us)
        if selection is Selection.DROP:
            self._drag = _Drag(at_us, request.requestor)
            return
        window = self._front.at(at_us)
        if window and same_program(control, request.requestor, window):
            self._report(at_us, selection, window)

    def _report(self, at_us: int, selection: Selection, window: int) -> None:
        if self._windows is not None:
            number, category = self._front.number(window), self._windows.category(window)
            self._emit(SelectionRequested(at_us, selection, number, category))

    def _wants_text(self, control: XConnection, target: int) -> bool:
        if target not in self._is_text:
            if len(self._is_text) >= _TARGETS_MAX:
                self._is_text.clear()
            try:
                self._is_text[target] = is_text_target(str(control.display.get_atom_name(target)))
            except xerror.XError:
                return False
        return self._is_text[target]

    def _look_for_drop(self, control: XConnection, drag: _Drag, now_us: int) -> None:
        """Programs ask while the pointer is over them, too: only the release is a drop."""
        pointer = control.root.query_pointer()
        if pointer.mask & X.Button1Mask:
            waiting = now_us - drag.at_us <= DRAG_MAX_US
            self._drag = _Drag(drag.at_us, drag.requestor, waited=True) if waiting else None
            return
        self._drag = None
        window = self._managed(control, pointer.child)
        if window and same_program(control, drag.requestor, window):
            at_us = now_us if drag.waited else drag.at_us
            self._report(at_us, Selection.DROP, window)

    def _managed(self, control: XConnection, child: Any) -> int:
        """The managed window at the pointer, from the frame that the window manager drew."""
        if self._windows is None:
            return 0
        managed = set(self._windows.clients())
        for _ in range(_DEPTH_MAX):
            number = child if isinstance(child, int) else int(child.id)
            if not number or number in managed:
                return number
            try:
                child = self._windows.window(number).query_pointer().child
            except xerror.XError:
                return 0
        return 0


def is_text_target(name: str) -> bool:
    """Whether a conversion to this target hands over text; `TARGETS` and the like do not."""
    if name in _TEXT_TARGETS:
        return True
    return name.startswith("text/") and not name.startswith(_NOT_TEXT)


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
