"""A simulated session, and the log that simulators write it with."""

from dataclasses import dataclass, field

import numpy as np

from detector.tables import (
    Activity,
    Copy,
    Focus,
    InputOrigin,
    Insertion,
    Keystrokes,
    Recording,
    keystrokes,
)
from wire.codes import Mode
from wire.keys import KeyClass

CLASS_OF = {
    "a": KeyClass.LETTER,
    "0": KeyClass.DIGIT,
    ".": KeyClass.PUNCT,
    " ": KeyClass.SPACE,
    "\n": KeyClass.ENTER,
}
"""Key class that types each class of character in a final text."""


@dataclass(frozen=True, slots=True)
class SimulatedSession:
    """What a recorder would have seen, and the classes of the text that resulted.

    Attributes:
        keystrokes: the table, with effects and cursor as a corpus records them.
        text_class: the final text as classes of characters.
        insertions: pastes, for a recorder that sees them as events; a paste is then also a row
            of `keystrokes` with activity ``PASTE``.
        copies: clipboard copies.
        focus: focus intervals.
    """

    keystrokes: Keystrokes
    text_class: str
    insertions: tuple[Insertion, ...] = ()
    copies: tuple[Copy, ...] = ()
    focus: tuple[Focus, ...] = ()

    def recording(
        self,
        *,
        effects_seen: bool = True,
        origin: InputOrigin | None = None,
        declared: frozenset[Mode] = frozenset(),
    ) -> Recording:
        """Return the session as a recording.

        Args:
            effects_seen: false for a recorder that sees keys only (X11): no cursor, no counts
                and no paste rows among the keys; pastes then stand in ``insertions`` alone.
            origin: where each key press came from.
            declared: modes the person declared.
        """
        table = self.keystrokes if effects_seen else without_effects(self.keystrokes)
        return Recording(
            keystrokes=table,
            insertions=None if effects_seen and not self.insertions else self.insertions,
            copies=self.copies or None,
            focus=self.focus or None,
            origin=origin,
            declared=declared,
        )


def without_effects(table: Keystrokes) -> Keystrokes:
    """Return ``table`` as a recorder that cannot see the text would have it."""
    keys = (table.activity != Activity.PASTE) & (table.activity != Activity.AI_INSERT)
    return keystrokes(table.t_us[keys], table.key[keys], table.hold_us[keys])


@dataclass(slots=True)
class TextLog:
    """A text being written, and the rows of the log so far; times in milliseconds."""

    now_ms: float = 0.0
    cursor: int = 0
    text: list[str] = field(default_factory=list)
    rows: list[tuple[float, float, int, int, int, int, int]] = field(default_factory=list)

    def type(self, character: str, after_ms: float, hold_ms: float) -> None:
        """Type one character (a class of `CLASS_OF`) ``after_ms`` after the last press."""
        self.now_ms += max(after_ms, 1.0)
        self.text.insert(self.cursor, character)
        self.cursor += 1
        self._row(hold_ms, CLASS_OF[character], 1, 0, Activity.INPUT)

    def erase(self, after_ms: float, hold_ms: float) -> None:
        """Press backspace; it deletes the character before the cursor, if there is one."""
        self.now_ms += max(after_ms, 1.0)
        count = 1 if self.cursor else 0
        if count:
            self.cursor -= 1
            del self.text[self.cursor]
        activity = Activity.REMOVE if count else Activity.NONE
        self._row(hold_ms, KeyClass.BACKSPACE, 0, count, activity)

    def press(self, key: KeyClass, after_ms: float, hold_ms: float) -> None:
        """Press a key that puts nothing into the text."""
        self.now_ms += max(after_ms, 1.0)
        self._row(hold_ms, key, 0, 0, Activity.NONE)

    def click(self, position: int, after_ms: float, hold_ms: float) -> None:
        """Click to put the cursor at ``position``."""
        self.cursor = min(max(position, 0), len(self.text))
        self.press(KeyClass.CLICK, after_ms, hold_ms)

    def paste(self, characters: str, after_ms: float, hold_ms: float) -> int:
        """Insert ``characters`` in one act; return when, in microseconds."""
        self.now_ms += max(after_ms, 1.0)
        self.text[self.cursor : self.cursor] = list(characters)
        self.cursor += len(characters)
        self._row(hold_ms, KeyClass.LETTER, len(characters), 0, Activity.PASTE)
        return round(self.now_ms * 1000)

    def suggest(self, characters: str, key: KeyClass, after_ms: float, hold_ms: float) -> None:
        """Accept a suggestion of ``characters`` by pressing ``key``."""
        self.now_ms += max(after_ms, 1.0)
        self.text[self.cursor : self.cursor] = list(characters)
        self.cursor += len(characters)
        self._row(hold_ms, key, len(characters), 0, Activity.AI_INSERT)

    def cut(self, count: int, after_ms: float, hold_ms: float) -> None:
        """Select ``count`` characters before the cursor and delete them in one act."""
        self.now_ms += max(after_ms, 1.0)
        self.cursor -= count
        del self.text[self.cursor : self.cursor + count]
        self._row(hold_ms, KeyClass.BACKSPACE, 0, count, Activity.REMOVE)

    def _row(
        self, hold_ms: float, key: KeyClass, inserted: int, deleted: int, activity: Activity
    ) -> None:
        self.rows.append(
            (self.now_ms, hold_ms, int(key), inserted, deleted, self.cursor, int(activity))
        )

    @property
    def text_class(self) -> str:
        """The text as it stands."""
        return "".join(self.text)

    def table(self, start_ms: float | None = None) -> Keystrokes:
        """Return the rows as a table; a negative hold is unknown.

        Args:
            start_ms: what is time 0; the first press by default.
        """
        if not self.rows:
            return keystrokes((), ())
        columns = np.array(self.rows, dtype=np.float64).T
        start = float(columns[0][0]) if start_ms is None else start_ms
        return keystrokes(
            np.round((columns[0] - start) * 1000).astype(np.int64),
            columns[2].astype(np.int64),
            np.where(columns[1] < 0, -1, np.round(columns[1] * 1000)).astype(np.int64),
            inserted=columns[3].astype(np.int64),
            deleted=columns[4].astype(np.int64),
            cursor=columns[5].astype(np.int64),
            activity=columns[6].astype(np.int64),
        )

    def session(self) -> SimulatedSession:
        """Return what was written."""
        return SimulatedSession(self.table(), self.text_class)
