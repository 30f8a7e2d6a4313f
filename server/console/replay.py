"""The data of a replay: what each event did to the text, as far as the wire tells.

One letter an event, in order of time; a capital stands for a key that a program sent. The text is
rebuilt from them by the rule of `detector.alignment.rebuild`: what is typed stands behind what was
typed before, backspace takes the last character away, and whatever moves the cursor to a place that
nobody recorded begins a new stretch.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.from_wire.rows import rows_of
from detector.tables import IntArray
from server.console.presses import Presses, presses_of
from server.scoring.facts import OpenedSession
from wire import events
from wire.batch import Batch
from wire.codes import KeyFlag
from wire.keys import KeyClass

LETTERS = {
    KeyClass.LETTER: "a",
    KeyClass.DIGIT: "d",
    KeyClass.PUNCT: "p",
    KeyClass.SPACE: "s",
    KeyClass.ENTER: "n",
    KeyClass.TAB: "t",
    KeyClass.BACKSPACE: "b",
    KeyClass.DELETE: "x",
    KeyClass.NAV_CHAR: "m",
    KeyClass.NAV_JUMP: "m",
}
"""What a key did; every other key did nothing to the text."""
COMMAND, INSERTED, CARET, CLICKED, WINDOW = "c", "i", "j", "k", "w"
"""A chord; text that appeared without keys; the caret moved in a page; a click; the keys after this
go to another window. A look at another window and back leaves the cursor where it was."""

_OTHER = 0
_TABLE = np.zeros(256, np.uint8)
for _key, _letter in LETTERS.items():
    _TABLE[_key] = ord(_letter)
_CHORD = int(KeyFlag.CHORD)
_CAPITAL = ord("a") - ord("A")
_WRITES_MAX = int(KeyClass.TAB)
_DELTA_BYTES = 4

Column = NDArray[np.uint8]


def replay_of(opened: OpenedSession) -> bytes:
    """Four planes of the milliseconds between events, lowest bytes first, then their letters.

    The number of events is a fifth of the length. Empty where classes of keys were deleted: from
    times alone no text can be rebuilt.
    """
    if opened.redacted_us is not None:
        return b""
    t_us, letters = steps_of(opened.batches)
    gaps = np.diff(t_us // 1000, prepend=0).astype("<u4")
    planes = gaps.view(np.uint8).reshape(-1, _DELTA_BYTES).T
    return planes.tobytes() + letters.tobytes()


def steps_of(batches: Sequence[Batch]) -> tuple[IntArray, Column]:
    """Times and letters of everything that touches the text, in order of time."""
    presses = presses_of(batches)
    clicks = rows_of([batch.body for batch in batches], events.PointerSecond)
    parts = [
        _all(_elsewhere(presses.t_us, batches), WINDOW),
        (presses.t_us, _typed(presses)),
        _all(clicks["t_us"][clicks["clicks"] > 0], CLICKED),
        _all(_times(batches, events.CaretJump), CARET),
        _all(_times(batches, events.Insertion), INSERTED),
    ]
    t_us = np.concatenate([times for times, _ in parts])
    letters = np.concatenate([column for _, column in parts])
    told = np.flatnonzero(letters != _OTHER)
    order = told[np.argsort(t_us[told], kind="stable")]
    return t_us[order], letters[order]


def _typed(presses: Presses) -> Column:
    letters = _TABLE[presses.key]
    commands = ((presses.flags & _CHORD) > 0) & (presses.key <= _WRITES_MAX)
    letters = np.where(commands, ord(COMMAND), letters).astype(np.uint8)
    capitals = presses.injected & (letters != _OTHER)
    return np.where(capitals, letters - _CAPITAL, letters).astype(np.uint8)


def _elsewhere(pressed_us: IntArray, batches: Sequence[Batch]) -> IntArray:
    """When the window that keys go to became another than that of the key before."""
    focus = rows_of([batch.body for batch in batches], events.Focus)
    if not len(focus["t_us"]):
        return np.zeros(0, np.int64)
    rows = np.searchsorted(focus["t_us"], pressed_us, "right") - 1
    rows = rows[rows >= 0]
    changed = np.flatnonzero(np.diff(focus["window"][rows])) + 1
    found: IntArray = focus["t_us"][rows[changed]]
    return found


def _times(batches: Sequence[Batch], kind: type[events.Event]) -> IntArray:
    return rows_of([batch.body for batch in batches], kind)["t_us"]


def _all(t_us: IntArray, letter: str) -> tuple[IntArray, Column]:
    return t_us, np.full(len(t_us), ord(letter), np.uint8)
