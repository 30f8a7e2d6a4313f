"""The text that a log's keystrokes produced, as classes, as far as the log lets it be known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.tables import Activity, IntArray, Keystrokes
from wire.keys import KeyClass

ALPHABET = "a0. \n"
"""Classes of a final text: letter, digit, punctuation, space, newline."""
WILDCARD = 5
"""A character that got in without a key of its own: its class is not known."""
BREAK = 6
"""Between two stretches of typing whose places in the text are not known; matches nothing."""

UNKNOWN_US = -1
_CODE_BITS = 3
_CODE = (1 << _CODE_BITS) - 1

MOVED_CHARS = 8
"""What is put in at once and as long as what was taken out at once, from here on, is the same
text moved (cut and paste, undo): its classes are known, and must still be those of the text."""

_CODE_OF_KEY = {
    KeyClass.LETTER: 0,
    KeyClass.DIGIT: 1,
    KeyClass.PUNCT: 2,
    KeyClass.SPACE: 3,
    KeyClass.TAB: 3,
    KeyClass.ENTER: 4,
}
CLASS_CODES = np.full(max(KeyClass) + 1, WILDCARD, dtype=np.uint8)
for _key, _code in _CODE_OF_KEY.items():
    CLASS_CODES[_key] = _code

_BYTES = [bytes([code]) for code in range(BREAK + 1)]

Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class TypedText:
    """What the keystrokes are known to have produced.

    Attributes:
        codes: class codes: indices into `ALPHABET`, `WILDCARD` or `BREAK`.
        in_order: whether the codes stand in the order of the text; else in the order of typing.
        t_us: when each was typed; `UNKNOWN_US` where that is not known.
    """

    codes: Codes
    in_order: bool
    t_us: IntArray


def rebuild(table: Keystrokes) -> TypedText:
    """Rebuild the text exactly where effects and cursor were recorded, else stretch by stretch."""
    if table.effects_seen and table.cursor_seen:
        codes = _rebuild_exactly(table)
        return TypedText(codes, in_order=True, t_us=np.full(len(codes), UNKNOWN_US))
    return _rebuild_stretches(table)


def joined(parts: Sequence[TypedText]) -> TypedText:
    """Typing of several stretches whose places in the text are not known, one after the other."""
    between = np.array([BREAK], dtype=np.uint8), np.array([UNKNOWN_US])
    codes = [each for part in parts for each in (part.codes, between[0])]
    times = [each for part in parts for each in (part.t_us, between[1])]
    return TypedText(np.concatenate(codes), in_order=False, t_us=np.concatenate(times))


def text_codes(text_class: str) -> Codes:
    """Return a final text's classes as codes; an unknown character matches only insertions."""
    points = np.frombuffer(text_class.encode("utf-32-le"), dtype=np.uint32)
    codes = np.full(len(points), BREAK, dtype=np.uint8)
    for code, character in enumerate(ALPHABET):
        codes[points == ord(character)] = code
    return codes


def cursor_is_before(table: Keystrokes) -> bool:
    """Whether the cursor column tells the place where a change begins, not where it ends.

    Told apart where typing turns to erasing: the caret then goes back by one if it stands after
    each change, and stays if it stands where the change begins.
    """
    turns = (table.inserted[:-1] == 1) & (table.deleted[1:] == 1) & (table.inserted[1:] == 0)
    turns &= (table.cursor[:-1] >= 0) & (table.cursor[1:] >= 0)
    steps = table.cursor[1:][turns] - table.cursor[:-1][turns]
    return bool(np.count_nonzero(steps == 0) > np.count_nonzero(steps == -1))


def _rebuild_exactly(table: Keystrokes) -> Codes:
    before = cursor_is_before(table)
    codes = CLASS_CODES[table.key]
    inserted, deleted = np.maximum(table.inserted, 0), np.maximum(table.deleted, 0)
    changes = np.flatnonzero(((inserted > 0) | (deleted > 0)) & (table.cursor >= 0))
    place = table.cursor if before else table.cursor - inserted
    text = bytearray()
    taken: dict[int, bytearray] = {}
    columns = (place, inserted, deleted, codes)
    for start, count, gone, code in zip(*(c[changes].tolist() for c in columns), strict=True):
        if start > len(text):
            text.extend(bytes([WILDCARD]) * (start - len(text)))
        first = max(start, 0)
        put = _BYTES[code] if count == 1 else taken.get(count, _BYTES[WILDCARD] * count)
        if gone >= MOVED_CHARS:
            taken[gone] = text[first : first + gone]
        text[first : first + gone] = put
    return np.frombuffer(bytes(text), dtype=np.uint8)


def _rebuild_stretches(table: Keystrokes) -> TypedText:
    """Apply backspaces within each stretch between cursor moves."""
    key = table.key
    erase = key == KeyClass.BACKSPACE
    types = (key <= KeyClass.TAB) & (table.activity != Activity.PASTE)
    types &= (table.activity != Activity.AI_INSERT) & (table.activity != Activity.AI_REQUEST)
    moves = (key == KeyClass.NAV_CHAR) | (key == KeyClass.NAV_JUMP) | (key == KeyClass.CLICK)
    rows = np.flatnonzero(types | moves | erase)
    # A code and its row in one number: two lists would cost half as much again.
    marks = (rows << _CODE_BITS) | np.where(moves, BREAK, CLASS_CODES[key])[rows]
    text = [BREAK]
    for mark, erases in zip(marks.tolist(), erase[rows].tolist(), strict=True):
        if erases:
            if text[-1] & _CODE != BREAK:
                text.pop()
        elif mark & _CODE != BREAK or text[-1] & _CODE != BREAK:
            text.append(mark)
    made = np.array(text, dtype=np.int64)
    codes = (made & _CODE).astype(np.uint8)
    times = np.full(len(made), UNKNOWN_US)
    written = codes != BREAK
    times[written] = table.t_us[made[written] >> _CODE_BITS]
    return TypedText(codes, in_order=False, t_us=times)
