"""The clipboard on X11, by XFixes notifications. Text becomes length, lines and tag, here.

That something was copied is told at once, before anybody is asked anything: its owner may be slow
to answer, or unwilling, while the text is pasted already. The text of a copy made in a task window
is read at once, that of any other only when it is pasted in a task window and the clipboard has not
changed since; before, nothing is asked of it. Text passes through memory once, is reduced and
dropped. What a password manager marks is not asked for at all.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom
from Xlib.ext import xfixes

from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import Copied, CopyRead, PrimaryRead, Selection, TextFacts
from agent.redact import TextReducer
from agent.sources.protocol import Emit
from agent.sources.x11_conversion import Contents, SelectionReader
from agent.sources.x11_display import LOST, XConnection
from agent.sources.x11_front import FrontWindows
from agent.sources.x11_mediator import Mediator, Pasted, Reading
from agent.sources.x11_windows import same_program
from wire.codes import SourceName, SourceState

_QUEUE_MAX = 8
_CLOCKS_APART_US = 200_000
"""Times that two connections tell differ by less, even right after the first was opened."""


@dataclass(slots=True)
class _Held:
    """What the clipboard holds."""

    at_us: int
    unread: bool
    """Its text may and need still be read."""
    asked: bool = False
    """Its owner is being asked."""
    pasted_us: int | None = None
    """The last paste that waits for the answer."""


@dataclass(frozen=True, slots=True)
class _Question:
    selection: int
    wanted: Callable[[], bool]
    """Whether the answer still means what it was asked for."""
    answer: Callable[[Contents], None]
    """Given empty contents if it does not."""


class X11Clipboard:
    """Copies as they happen; what they hold when it may be read."""

    name = SourceName.CLIPBOARD

    def __init__(self, reducer: TextReducer, mediator: Mediator, front: FrontWindows) -> None:
        self._reducer = reducer
        self._mediator = mediator
        self._front = front
        self._connection: XConnection | None = None
        self._reader: SelectionReader | None = None
        self._emit: Emit = _nowhere
        self._window: Any = None
        self._clipboard = 0
        self._held: _Held | None = None
        self._queue: deque[_Question] = deque(maxlen=_QUEUE_MAX)
        self._primary_owned_us: int | None = None

    def start(self, emit: Emit) -> None:
        """Connect and ask for notifications; see `Source.start`."""
        connection = XConnection()
        try:
            _need_xfixes(connection)
            connection.display.xfixes_query_version()
            self._reader = SelectionReader(connection)
            self._clipboard = connection.atom("CLIPBOARD")
            self._window = connection.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
            mask = xfixes.XFixesSetSelectionOwnerNotifyMask
            for selection in (self._clipboard, Xatom.PRIMARY):
                connection.display.xfixes_select_selection_input(self._window, selection, mask)
            connection.display.sync()
        except BaseException:
            connection.close()
            raise
        self._connection, self._emit = connection, emit
        self._primary_owned_us = None
        self._mediator.reader = self.pasted
        # What is there now may be pasted later; its own time lies before the recording.
        self._held = _Held(monotonic_us(), unread=True)
        emit(Copied(self._held.at_us, None, before_recording=True, unread=True))

    def stop(self) -> None:
        """Disconnect, and forget what was being read."""
        self._mediator.reader = None
        if self._connection is not None:
            self._connection.close()
        self._connection, self._emit, self._window = None, _nowhere, None
        self._reader = self._held = None
        self._queue.clear()

    def fileno(self) -> int | None:
        """The display connection."""
        return self._connection.fileno() if self._connection else None

    def pump(self, now_us: int) -> int | None:
        """Take notifications and answers that came."""
        if self._connection is None or self._reader is None:
            return None
        for event in self._connection.pending():
            if isinstance(event, xfixes.SelectionNotify):
                self._changed_hands(self._connection, event, now_us)
            else:
                self._reader.event(event, now_us)
        self._reader.expire(now_us)
        return self._reader.deadline_us

    def check(self) -> SourceState:
        """A round trip to the display."""
        alive = self._connection is not None and self._connection.alive()
        return SourceState.RUNNING if alive else SourceState.FAILED

    def pasted(self, paste: Pasted) -> None:
        """Text was pasted in a task window: read it, unless it was read before."""
        # Called while another source is pumped: a lost connection is this one's trouble alone.
        with suppress(*LOST):
            if paste.selection is Selection.CLIPBOARD:
                self._clipboard_pasted(paste)
            elif self._is_primary_paste(paste):
                self._primary_pasted(paste.at_us)

    # Copies.

    def _changed_hands(self, connection: XConnection, event: Any, now_us: int) -> None:
        at_us = connection.clock.to_monotonic_us(event.timestamp, now_us)
        owner = event.owner if isinstance(event.owner, int) else event.owner.id
        if event.selection == Xatom.PRIMARY:
            self._primary_owned_us = at_us
        elif not owner:
            self._held = None
        else:
            self._copied(at_us, self._mediator.rule.reading(at_us))

    def _copied(self, at_us: int, reading: Reading) -> None:
        never = reading is Reading.NEVER
        self._held = held = _Held(at_us, unread=not never)
        # What is never read counts as one whose own time is not known: nothing is said of it.
        self._emit(Copied(at_us, None, before_recording=never, unread=not never))
        if reading is Reading.NOW:
            self._read(held)

    def _read(self, held: _Held) -> None:
        held.asked = True
        self._ask(
            _Question(
                self._clipboard,
                lambda: self._held is held,
                lambda contents: self._looked_at(held, contents),
            )
        )

    def _looked_at(self, held: _Held, contents: Contents) -> None:
        facts, pasted_us = self._reduced(contents), held.pasted_us
        held.asked, held.pasted_us = False, None
        # An owner that did not answer may do so at the next paste.
        held.unread = facts is None and not (contents.marked or contents.too_long)
        if pasted_us is not None or not held.unread:
            at_us = held.at_us if pasted_us is None else pasted_us
            self._emit(CopyRead(at_us, held.at_us, facts, contents.marked))

    # Pastes.

    def _clipboard_pasted(self, paste: Pasted) -> None:
        held = self._held
        if held is None or not held.unread:
            return
        held.pasted_us = paste.at_us
        if not held.asked:
            self._read(held)

    def _primary_pasted(self, at_us: int) -> None:
        self._ask(
            _Question(
                Xatom.PRIMARY,
                lambda: (self._primary_owned_us or 0) <= at_us + _CLOCKS_APART_US,
                lambda contents: self._primary_looked_at(at_us, contents),
            )
        )

    def _primary_looked_at(self, at_us: int, contents: Contents) -> None:
        owned_us = self._primary_owned_us
        later = owned_us is not None and owned_us > at_us + _CLOCKS_APART_US
        # Nothing is said of what a password manager marked, nor of what was selected since.
        known_us = None if contents.marked or later else owned_us
        self._emit(PrimaryRead(at_us, known_us, self._reduced(contents)))

    def _is_primary_paste(self, paste: Pasted) -> bool:
        """Whether a middle click pastes: by its request, which no program makes to itself."""
        if paste.asked or not self._mediator.sees_requests:
            return True
        if self._connection is None:
            return False
        owner = self._connection.display.get_selection_owner(Xatom.PRIMARY)
        number, front = owner if isinstance(owner, int) else owner.id, self._front.at(paste.at_us)
        return bool(number and front) and same_program(self._connection, number, front)

    # Questions, one after the other.

    def _ask(self, question: _Question) -> None:
        self._queue.append(question)
        if self._reader is not None and self._reader.deadline_us is None:
            self._next(monotonic_us())

    def _next(self, now_us: int) -> None:
        while self._queue and self._reader is not None:
            question = self._queue.popleft()
            if question.wanted():
                self._reader.ask(
                    question.selection,
                    now_us,
                    lambda contents, at_us: self._answered(question, contents, at_us),  # noqa: B023
                )
                return
            question.answer(Contents())

    def _answered(self, question: _Question, contents: Contents, now_us: int) -> None:
        question.answer(contents if question.wanted() else Contents())
        self._next(now_us)

    def _reduced(self, contents: Contents) -> TextFacts | None:
        if contents.text is None:
            return None
        return self._reducer.reduce(contents.text.decode("utf-8", "replace"))


def _need_xfixes(connection: XConnection) -> None:
    if not connection.has(xfixes.extname):
        raise SourceUnavailable("The display offers no XFixes extension.")


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
