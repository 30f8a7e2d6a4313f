"""Text that was taken out and came back: undo, cut and paste, a stretch dragged elsewhere.

What putting one's own text back looks like follows from what the acts are. *Undo* restores what
was taken out last, to the character, with hardly an edit between. *Cut and paste* puts in, by a
paste, exactly what one act took out. A row that puts in what it takes out, but for a few
characters, is a small change that a recorder found by comparing texts (as KLiCKe's does), or a step
of undo. Nothing else is excused: that some text of about the same length was deleted a while ago
says nothing about an accepted suggestion.
"""

from dataclasses import dataclass, field

import numpy as np

from detector.surroundings import PageEdits
from detector.tables import Activity, BoolArray, IntArray, Keystrokes
from wire.keys import KeyClass

OWN_TEXT_MAX_AGE_US = 10 * 60 * 1_000_000
"""Text taken out in one act and put back within this time is the person's own."""
DRAG_US = 1_500_000
"""A dragged stretch leaves one place and arrives at the other within this time."""
SMART_SPACE_CHARS = 1
"""Editors add or drop a space beside a pasted word."""
ONE_ACT_CHARS = 3
"""Up to this length a removal says nothing: many texts are as long."""
COMMAND_US = 3_000_000
"""A command's key is pressed at most this long after its modifier."""
RETYPED_KEYS = 20
"""Text keys typed after an insertion; with fewer it was no model to type from."""
UNDONE_TYPED_CHARS = 20
"""Undo takes back what was typed since a removal in the same step only if it is this little."""
MOST_UNDONE = 2_000
"""Edits that are looked back over."""
PASTED_OVER_CHARS = 10
"""A paste over a selection of up to this length may be reported longer by it: a recorder that
compares texts cannot tell what was there before from what is there again."""
_COMMAND_KEYS = (KeyClass.LETTER, KeyClass.CLICK, KeyClass.FUNCTION, KeyClass.OTHER)
"""Keys that end in a paste or an undo: v, x or z under a modifier, a menu, a key of its own."""


@dataclass(frozen=True, slots=True)
class Removals:
    """Acts that took out more than a few characters at once; columns in order of time."""

    t_us: IntArray
    chars: IntArray

    def just_before(self, t_us: int, within_us: int) -> IntArray:
        """Return how much each act took out from ``within_us`` before ``t_us`` until then."""
        first = np.searchsorted(self.t_us, t_us - within_us, "left")
        return self.chars[first : np.searchsorted(self.t_us, t_us, "right")]

    def around(self, t_us: int, within_us: int) -> IntArray:
        """Return how much each act took out within ``within_us`` to either side."""
        first = np.searchsorted(self.t_us, t_us - within_us, "left")
        return self.chars[first : np.searchsorted(self.t_us, t_us + within_us, "right")]

    def by_length(self) -> dict[int, list[int]]:
        """Return the times of the acts that took out as much, in order."""
        found: dict[int, list[int]] = {}
        for t_us, chars in zip(self.t_us.tolist(), self.chars.tolist(), strict=True):
            found.setdefault(chars, []).append(t_us)
        return found


def removals_of(table: Keystrokes, edits: PageEdits | None) -> Removals:
    """Return the removals that the keystrokes' effects and the page's edits show."""
    rows = np.flatnonzero(table.deleted > ONE_ACT_CHARS)
    times, chars = [table.t_us[rows]], [table.deleted[rows]]
    if edits is not None:
        pages = np.flatnonzero(edits.deleted > ONE_ACT_CHARS)
        times.append(edits.t_us[pages])
        chars.append(edits.deleted[pages])
    t_us = np.concatenate(times)
    order = np.argsort(t_us, kind="stable")
    return Removals(t_us[order], np.concatenate(chars)[order])


@dataclass(slots=True)
class OwnText:
    """Tells which rows of a table put the person's own text back.

    Rows are asked about in order of time. An insertion from elsewhere is told by
    `came_from_outside`, so that taking it out and putting it back does not make it the person's.
    """

    table: Keystrokes
    _outside: dict[int, int] = field(default_factory=dict)
    _after: int = 0
    """Edits before this one were made before the last insertion from elsewhere."""
    _edits: IntArray = field(init=False)
    _length_before: IntArray = field(init=False)
    _typed_before: IntArray = field(init=False)
    _takes: BoolArray = field(init=False)
    _acts: BoolArray = field(init=False)
    """Removals that begin an act: a larger one, or the first of a run of backspaces."""
    _cuts: Removals = field(init=False)
    _modifiers: IntArray = field(init=False)
    _in_reach_until: IntArray = field(init=False)

    def __post_init__(self) -> None:
        """Follow the text's length through the edits; find the cuts and the modifiers."""
        table = self.table
        self._edits = np.flatnonzero((table.inserted > 0) | (table.deleted > 0))
        put_in = np.maximum(table.inserted[self._edits], 0)
        taken = np.maximum(table.deleted[self._edits], 0)
        self._length_before = np.r_[0, np.cumsum(put_in - taken)]
        self._takes = taken > 0
        run = self._takes & (put_in == 0)
        self._acts = self._takes & ((taken > ONE_ACT_CHARS) | ~np.r_[False, run[:-1]])
        typed = np.where(put_in <= ONE_ACT_CHARS, put_in, 0)
        self._typed_before = np.r_[0, np.cumsum(typed)]
        cuts = self._edits[(put_in <= ONE_ACT_CHARS) & (taken > ONE_ACT_CHARS)]
        self._cuts = Removals(table.t_us[cuts], table.deleted[cuts])
        modifiers = np.flatnonzero(table.key == KeyClass.MODIFIER)
        self._modifiers = table.t_us[modifiers]
        held_us = np.maximum(table.hold_us[modifiers], COMMAND_US)
        self._in_reach_until = np.maximum.accumulate(self._modifiers + held_us)

    def came_from_outside(self, row: int, length: int) -> None:
        """Note that the insertion in ``row`` is nobody's own text."""
        self._outside.setdefault(length, row)
        self._after = int(np.searchsorted(self._edits, row, "right"))

    def is_own(self, row: int, length: int) -> bool:
        """Whether ``row`` put back what had been taken out."""
        if self._rewrites(row, length):
            return True
        if length in self._outside or not self._is_command(row):
            return False
        return self._undoes(row) or self._pastes_a_cut(row, length)

    def _rewrites(self, row: int, length: int) -> bool:
        """Whether the row put in what it took out, but for a few characters, and was no paste."""
        if self.table.activity[row] == Activity.PASTE:
            return False
        return abs(int(self.table.deleted[row]) - length) <= ONE_ACT_CHARS

    def _is_command(self, row: int) -> bool:
        """Whether the row's key can be a paste or an undo, as far as was recorded."""
        if self.table.activity[row] == Activity.PASTE:
            return True
        key = self.table.key[row]
        if key not in _COMMAND_KEYS:
            return False
        if not len(self._modifiers) or key != KeyClass.LETTER:
            return True
        return self._under_modifier(row)

    def _under_modifier(self, row: int) -> bool:
        at = int(np.searchsorted(self._modifiers, self.table.t_us[row], "right"))
        return at > 0 and bool(self.table.t_us[row] <= self._in_reach_until[at - 1])

    def _undoes(self, row: int) -> bool:
        """Whether the text is again exactly as long as before one of the last removals.

        Undo takes back the last edits and no others: hardly anything was typed since, and nothing
        came from elsewhere. A shortcut held down restores a run of backspaces in steps; a click or
        a key that says less must restore whole acts, or every shorter suggestion would pass.
        """
        at = int(np.searchsorted(self._edits, row, "left"))
        typed = self._typed_before
        first = int(np.searchsorted(typed[: at + 1], typed[at] - UNDONE_TYPED_CHARS, "left"))
        first = max(first, self._after, at - MOST_UNDONE)
        again = self._length_before[first:at] == self._length_before[at + 1]
        shortcut = self.table.key[row] == KeyClass.LETTER and self._under_modifier(row)
        return bool(np.any(again & (self._takes if shortcut else self._acts)[first:at]))

    def _pastes_a_cut(self, row: int, length: int) -> bool:
        """Whether a paste put in what one act had taken out, maybe over a few characters."""
        activity = self.table.activity[row]
        if activity not in (Activity.PASTE, Activity.REPLACE, Activity.UNKNOWN):
            return False
        slack = SMART_SPACE_CHARS if activity == Activity.PASTE else 0
        over = int(self.table.deleted[row])
        over = over if 0 < over <= PASTED_OVER_CHARS else 0
        before = self._cuts.just_before(int(self.table.t_us[row]), OWN_TEXT_MAX_AGE_US)
        return bool(np.any((before >= length - over - slack) & (before <= length + slack)))
