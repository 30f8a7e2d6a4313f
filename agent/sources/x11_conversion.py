"""Asking the owner of a selection for its text (ICCCM 2.4, 2.7.2).

The owner puts the text into a property of a window of ours, from where it is fetched. Every
question has a window of its own, so that a late answer is not taken for the next one's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from Xlib import X
from Xlib import error as xerror

from agent.redact import PASSWORD_MARKS
from agent.sources.x11_display import XConnection

TEXT_MAX_BYTES = 8 * 1024 * 1024
"""A longer text is not read to its end: its length stays unknown."""
ANSWER_US = 4_000_000
"""An owner that does not answer for so long is given up: a busy machine takes two seconds."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What came of a question."""

    text: bytes | None = None
    """UTF-8; None if it was not asked for, or there was none, or not in time."""
    marked: bool = False
    """A password manager marked it: nothing else was asked."""
    too_long: bool = False
    """Longer than is read: no use to ask again."""


Done = Callable[[Contents, int], None]


@dataclass(slots=True)
class _Question:
    selection: int
    done: Done
    window: Any
    deadline_us: int
    parts: list[bytes] | None = None
    """Pieces of a long text; None until it is known to come in pieces."""


class SelectionReader:
    """Puts one question at a time to the owners of selections. Waits for nothing."""

    def __init__(self, connection: XConnection) -> None:
        self._connection = connection
        self._question: _Question | None = None
        self._targets = connection.atom("TARGETS")
        self._utf8 = connection.atom("UTF8_STRING")
        self._incr = connection.atom("INCR")
        self._property = connection.atom("VERITYPE")
        self._marks = frozenset(connection.atom(name) for name in PASSWORD_MARKS)

    @property
    def deadline_us(self) -> int | None:
        """When the question that is being asked is given up; None if none is."""
        return self._question.deadline_us if self._question else None

    def ask(self, selection: int, now_us: int, done: Done) -> None:
        """Begin a question; `done` is called once, from here or from `event` or `expire`."""
        window = self._connection.root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._question = _Question(selection, done, window, now_us + ANSWER_US)
        self._convert(self._question, self._targets)

    def event(self, event: Any, now_us: int) -> None:
        """Take an event of the connection; those of other windows are left alone."""
        question = self._question
        if question is None:
            return
        if event.type == X.SelectionNotify and event.requestor == question.window:
            self._answered(question, event, now_us)
        elif event.type == X.PropertyNotify and event.window == question.window:
            self._more_came(question, event, now_us)
        self._connection.display.flush()

    def expire(self, now_us: int) -> None:
        """Give the question up if its time is over."""
        question = self._question
        if question is not None and now_us > question.deadline_us:
            # Its window stays: an owner that answers late must not run into an error.
            self._question = None
            question.done(Contents(), now_us)

    def _convert(self, question: _Question, target: int) -> None:
        question.window.convert_selection(question.selection, target, self._property, X.CurrentTime)
        self._connection.display.flush()

    def _answered(self, question: _Question, event: Any, now_us: int) -> None:
        if event.property == X.NONE:
            self._end(question, Contents(), now_us)
        elif event.target == self._targets:
            self._targets_came(question, now_us)
        else:
            self._text_came(question, now_us)

    def _targets_came(self, question: _Question, now_us: int) -> None:
        found = self._take(question)
        targets = set(found.value) if found is not None and found.format == 32 else set()
        if targets & self._marks:
            self._end(question, Contents(marked=True), now_us)
        elif self._utf8 in targets:
            self._convert(question, self._utf8)
        else:
            self._end(question, Contents(), now_us)

    def _text_came(self, question: _Question, now_us: int) -> None:
        found = self._take(question)
        if found is None or found.bytes_after:
            self._end(question, Contents(too_long=found is not None), now_us)
        elif found.property_type == self._incr:
            question.parts, question.deadline_us = [], now_us + ANSWER_US
        else:
            self._end(question, Contents(_bytes(found)), now_us)

    def _more_came(self, question: _Question, event: Any, now_us: int) -> None:
        """A piece of a long text; an empty one ends it."""
        if question.parts is None or event.state != X.PropertyNewValue:
            return
        found = self._take(question)
        piece = _bytes(found) if found is not None else b""
        question.deadline_us = now_us + ANSWER_US
        length_bytes = sum(map(len, question.parts)) + len(piece)
        if not piece:
            self._end(question, Contents(b"".join(question.parts)), now_us)
        elif length_bytes > TEXT_MAX_BYTES or found.bytes_after:
            self._end(question, Contents(too_long=True), now_us)
        else:
            question.parts.append(piece)

    def _end(self, question: _Question, contents: Contents, now_us: int) -> None:
        self._question = None
        question.window.destroy()
        question.done(contents, now_us)

    def _take(self, question: _Question) -> Any:
        try:
            return question.window.get_property(
                self._property, X.AnyPropertyType, 0, TEXT_MAX_BYTES // 4, delete=True
            )
        except xerror.XError:
            return None


def _bytes(found: Any) -> bytes:
    value = found.value
    return value if isinstance(value, bytes) else str(value).encode()
