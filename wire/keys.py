"""Key classes: all that Veritype ever knows about which key was pressed."""

from enum import IntEnum


class KeyClass(IntEnum):
    """The class of a key. The numbers are part of the wire format and never change meaning."""

    LETTER = 0
    DIGIT = 1
    PUNCT = 2
    SPACE = 3
    ENTER = 4
    TAB = 5
    BACKSPACE = 6
    DELETE = 7
    NAV_CHAR = 8
    """Cursor movement by one character or line (arrows)."""
    NAV_JUMP = 9
    """Cursor movement by more (home, end, page up, page down, arrow with control)."""
    SHIFT = 10
    MODIFIER = 11
    CAPSLOCK = 12
    FUNCTION = 13
    ESCAPE = 14
    CLICK = 15
    """A pointer button, where a corpus or a source records it in the key column."""
    OTHER = 16
