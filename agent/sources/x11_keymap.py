"""The keyboard map: from key code, layout group and level to a keysym. Pure."""

from collections.abc import Sequence

from wire.keys import KeyClass

CONTROL = frozenset((0xFFE3, 0xFFE4))
ALT_OR_SUPER = frozenset(range(0xFFE7, 0xFFEF))
SHIFT = frozenset((0xFFE1, 0xFFE2))
LEVEL3 = frozenset((0xFE03, 0xFF7E))
_KEYPAD = range(0xFF80, 0xFFBE)
_GROUPS = 2


class KeyMap:
    """The core keyboard map of the X server, as XKB lays it out.

    Columns of a key: group 1 levels 1 and 2, group 2 levels 1 and 2, group 1 levels 3 and 4,
    group 2 levels 3 and 4 (XKB protocol, section 17.1.2). Further groups fold onto these two.
    """

    def __init__(self, first_keycode: int, rows: Sequence[Sequence[int]]) -> None:
        self._first = first_keycode
        self._rows = rows

    def keysym(self, keycode: int, group: int = 0, level: int = 0) -> int:
        """The keysym of a key; 0 if it has none."""
        row = self._row(keycode)
        for wanted_group in (group % _GROUPS, 0):
            for wanted_level in (level, level & 1, 0):
                column = wanted_group * 2 + (wanted_level & 1) + (4 if wanted_level > 1 else 0)
                if column < len(row) and row[column]:
                    return row[column]
        return 0

    def depends_on_group(self, keycode: int) -> bool:
        """Whether the two layout groups differ on this key."""
        return any(
            self.keysym(keycode, 0, level) != self.keysym(keycode, 1, level) for level in range(2)
        )

    def is_keypad(self, keycode: int) -> bool:
        """Whether num lock decides what this key writes."""
        return self.keysym(keycode) in _KEYPAD and self.keysym(keycode, level=1) in _KEYPAD

    def _row(self, keycode: int) -> Sequence[int]:
        index = keycode - self._first
        return self._rows[index] if 0 <= index < len(self._rows) else ()


def is_modifier(key_class: KeyClass) -> bool:
    """Whether a key only changes what other keys do."""
    return key_class in (KeyClass.SHIFT, KeyClass.MODIFIER, KeyClass.CAPSLOCK)
