"""Text that appeared in a field of a task window, and whether keys explain it. Pure.

The accessibility layer tells the length of every change, typed or not. What keys explain is
typing and stays a keystroke; what a paste explains strengthens that paste (`agent.session.scope`);
the rest appeared from nowhere: a drop, a menu, dictation, a script. In doubt it is explained.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from agent.observations import KeyHeld, TextDeleted, TextInserted
from wire.codes import KeyFlag
from wire.events import MISSING_U32
from wire.keys import KeyClass

TYPED_MAX_CHARS = 2
"""One press writes no more than this (a letter with its accent, CR LF)."""
DECIDED_US = 5_000_000
"""By then the keys beside a change are known: a key is told when it is released."""
_LAG_US = 1_000_000
_EARLY_US = 50_000
_COMPOSED_US = 10_000_000
"""Keys that wrote nothing yet (an input method) can write for so long."""
_REPLACED_US = 100_000
_KEYS_MAX = 512
_DELETED_MAX = 64
_ASKED_MAX = 16
_SLOW_PASTE_US = 10_000_000
_MAY_WRITE = frozenset(
    (
        KeyClass.LETTER,
        KeyClass.DIGIT,
        KeyClass.PUNCT,
        KeyClass.SPACE,
        KeyClass.ENTER,
        KeyClass.TAB,
        KeyClass.OTHER,
    )
)


@dataclass(frozen=True, slots=True)
class Appeared:
    """Text that nothing explains."""

    at_us: int
    length_chars: int
    window: int


@dataclass(slots=True)
class _Key:
    press_us: int
    release_us: int
    window: int
    writes: bool
    chord: bool
    used: bool = False


class AppearedRule:
    """Decides about each text change when all that could explain it is known."""

    def __init__(self) -> None:
        self._keys: deque[_Key] = deque(maxlen=_KEYS_MAX)
        self._deleted: deque[tuple[TextDeleted, int]] = deque(maxlen=_DELETED_MAX)
        self._waiting: deque[tuple[TextInserted, int]] = deque()
        self._asked: deque[tuple[int, int, int]] = deque(maxlen=_ASKED_MAX)
        self._run: Appeared | None = None
        self._run_end_us = 0

    def key(self, seen: KeyHeld, window: int) -> None:
        """A key was pressed in a task window."""
        hold_us = 0 if seen.hold_us == MISSING_U32 else seen.hold_us
        chord = bool(seen.flags & KeyFlag.CHORD)
        writes = seen.key_class in _MAY_WRITE and not chord
        self._keys.append(_Key(seen.at_us, seen.at_us + hold_us, window, writes, chord))

    def deleted(self, seen: TextDeleted, window: int) -> None:
        """Text vanished; some of it may come back."""
        self._deleted.append((seen, window))

    def inserted(self, seen: TextInserted, window: int) -> None:
        """Text appeared; it waits for what could explain it."""
        self._waiting.append((seen, window))

    def join(self, claims: Callable[[TextInserted], bool]) -> None:
        """Give up what a paste, or another witness, has claimed as its own."""
        self._waiting = deque(each for each in self._waiting if not claims(each[0]))

    def pasted_unseen(self, asked_us: int, window: int, copied_chars: int) -> None:
        """A paste was reported whose text has not appeared yet: a slow program may show it late."""
        self._asked.append((asked_us, window, copied_chars))

    def tick(self, now_us: int) -> list[Appeared]:
        """What nothing explains, once that is certain."""
        found: list[Appeared] = []
        while self._waiting and now_us - self._waiting[0][0].at_us > DECIDED_US:
            seen, window = self._waiting.popleft()
            if not self._explained(seen, window):
                found += self._unexplained(Appeared(seen.at_us, seen.length_chars, window))
        if self._run is not None and now_us - self._run_end_us > 2 * DECIDED_US:
            found += self._run_over()
        return found

    def flush(self, now_us: int) -> list[Appeared]:
        """All that waits, decided now; what was known is forgotten."""
        found = self.tick(now_us + DECIDED_US + 1) + self._run_over()
        self._keys.clear()
        self._deleted.clear()
        self._asked.clear()
        return found

    def _unexplained(self, seen: Appeared) -> list[Appeared]:
        """Letters that come one by one are one appearance, as long as they keep coming."""
        if seen.length_chars > TYPED_MAX_CHARS:
            return [*self._run_over(), seen]
        run, found = self._run, []
        if run is not None and (
            run.window != seen.window or seen.at_us - self._run_end_us > DECIDED_US
        ):
            found, run = self._run_over(), None
        length = seen.length_chars + (run.length_chars if run else 0)
        self._run = Appeared(run.at_us if run else seen.at_us, length, seen.window)
        self._run_end_us = seen.at_us
        return found

    def _run_over(self) -> list[Appeared]:
        run, self._run = self._run, None
        return [run] if run is not None else []

    def _explained(self, seen: TextInserted, window: int) -> bool:
        keys = [key for key in self._keys if key.window == window]
        replaced = self._just_deleted(seen, window)
        length = seen.length_chars
        if length <= TYPED_MAX_CHARS or 0 <= length - replaced <= TYPED_MAX_CHARS < replaced:
            return _typed(seen, keys)
        return (
            self._came_late(seen, window)
            or _composed(seen, keys)
            or self._came_back(seen, window, keys)
        )

    def _came_late(self, seen: TextInserted, window: int) -> bool:
        for asked in self._asked:
            at_us, where, copied_chars = asked
            late = 0 <= seen.at_us - at_us <= _SLOW_PASTE_US
            if late and where == window and copied_chars == seen.length_chars:
                self._asked.remove(asked)
                return True
        return False

    def _just_deleted(self, seen: TextInserted, window: int) -> int:
        """Programs that tidy a field as it is typed in take all out and put all back."""
        return sum(
            gone.length_chars
            for gone, where in self._deleted
            if where == window and 0 <= seen.at_us - gone.at_us <= _REPLACED_US
        )

    def _came_back(self, seen: TextInserted, window: int, keys: list[_Key]) -> bool:
        """Undo and redo: a shortcut, and a text as long as one that vanished before."""
        if not any(key.chord and _near(key, seen.at_us) for key in keys):
            return False
        for entry in self._deleted:
            gone, where = entry
            if where == window and gone.length_chars == seen.length_chars:
                self._deleted.remove(entry)
                return True
        return False


def is_pasted(seen: TextInserted, copied_chars: int | None) -> bool:
    """Whether text that appeared beside a paste is what it pasted, and not a letter typed then."""
    return seen.length_chars > TYPED_MAX_CHARS or seen.length_chars == copied_chars


def _near(key: _Key, at_us: int) -> bool:
    return key.press_us - _EARLY_US <= at_us <= key.release_us + _LAG_US


def _typed(seen: TextInserted, keys: list[_Key]) -> bool:
    """A press beside it, or a key that was held down and repeats."""
    near = [key for key in keys if key.writes and _near(key, seen.at_us)]
    fresh = next((key for key in near if not key.used), None)
    if fresh is not None:
        fresh.used = True
        return True
    return any(key.release_us + _EARLY_US >= seen.at_us for key in near)


def _composed(seen: TextInserted, keys: list[_Key]) -> bool:
    """At least as many presses that wrote nothing yet: an input method, or a slow program."""
    waiting = [
        key
        for key in keys
        if key.writes and not key.used and -_EARLY_US <= seen.at_us - key.press_us <= _COMPOSED_US
    ]
    if len(waiting) < seen.length_chars:
        return False
    for key in waiting[: seen.length_chars]:
        key.used = True
    return True
