"""Which keys a program presses to type a text: slips, repairs and rewritten words included."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from detector.simulation.session import CLASS_OF
from detector.tables import Activity, FloatArray, IntArray, Keystrokes, keystrokes
from wire.keys import KeyClass

LETTERS = 26
_FREQUENCIES = 1.0 / np.arange(1.0, LETTERS + 1.0) ** 0.8


class Moment(IntEnum):
    """What a key press is in the course of typing."""

    WITHIN_WORD = 0
    AFTER_WORD = 1
    BEFORE_WORD = 2
    BEFORE_SENTENCE = 3
    BEFORE_PARAGRAPH = 4
    OTHER = 5
    ERASE_FIRST = 6
    ERASE_MORE = 7
    AFTER_ERASE = 8


@dataclass(frozen=True, slots=True)
class Slips:
    """How a program errs.

    Attributes:
        rate: slips a letter.
        latest: most keys typed on before a slip is noticed.
        rewrites: share of slips that rewrite the word before instead.
        changes: most letters by which a rewritten word is longer or shorter.
    """

    rate: float
    latest: int
    rewrites: float
    changes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Key presses in order.

    Attributes:
        key: key classes.
        moment: a `Moment` each.
        position: letters since the word began.
        letter: pseudo-letters, so that letter pairs can have times of their own.
        word: number of the word.
    """

    key: IntArray
    moment: IntArray
    position: IntArray
    letter: IntArray
    word: IntArray

    def __len__(self) -> int:
        return len(self.key)

    def table(self, gap_ms: FloatArray, hold_ms: FloatArray) -> Keystrokes:
        """Return the presses at intervals ``gap_ms``, held ``hold_ms`` (negative: unknown)."""
        times = np.cumsum(np.maximum(gap_ms, 1.0))
        erases = self.key == KeyClass.BACKSPACE
        put = np.where(erases, -1, 1)
        return keystrokes(
            np.round((times - times[0]) * 1000).astype(np.int64),
            self.key,
            np.where(hold_ms < 0, -1, np.round(hold_ms * 1000)).astype(np.int64),
            inserted=np.where(erases, 0, 1),
            deleted=np.where(erases, 1, 0),
            cursor=np.maximum(np.cumsum(put), 0),
            activity=np.where(erases, Activity.REMOVE, Activity.INPUT),
        )


def plan_of(rng: np.random.Generator, text_class: str, slips: Slips) -> Plan:
    """Plan the typing of ``text_class`` with random slips, each repaired."""
    key = _keys(rng, text_class, slips)
    word = key <= KeyClass.DIGIT
    erase = key == KeyClass.BACKSPACE
    before = np.r_[KeyClass.ENTER, key[:-1]]
    earlier = np.r_[KeyClass.ENTER, KeyClass.ENTER, key[:-2]][: len(key)]
    moment = np.full(len(key), Moment.OTHER, dtype=np.int64)
    moment[word & (before <= KeyClass.DIGIT)] = Moment.WITHIN_WORD
    moment[~word & (before <= KeyClass.DIGIT)] = Moment.AFTER_WORD
    moment[word & (before == KeyClass.SPACE)] = Moment.BEFORE_WORD
    opens = word & (before == KeyClass.SPACE) & (earlier == KeyClass.PUNCT)
    moment[opens] = Moment.BEFORE_SENTENCE
    moment[word & (before == KeyClass.ENTER)] = Moment.BEFORE_PARAGRAPH
    erased = before == KeyClass.BACKSPACE
    moment[erased] = Moment.AFTER_ERASE
    moment[erase] = np.where(erased[erase], Moment.ERASE_MORE, Moment.ERASE_FIRST)
    rows = np.arange(len(key))
    starts = np.maximum.accumulate(np.where(moment == Moment.WITHIN_WORD, 0, rows))
    chances = _FREQUENCIES / _FREQUENCIES.sum()
    number = np.cumsum(moment != Moment.WITHIN_WORD)
    return Plan(key, moment, rows - starts, rng.choice(LETTERS, len(key), p=chances), number)


def _keys(rng: np.random.Generator, text_class: str, slips: Slips) -> IntArray:
    codes = np.array([CLASS_OF[character] for character in text_class], dtype=np.int64)
    letters = np.flatnonzero(codes == KeyClass.LETTER)
    wrong = letters[rng.random(len(letters)) < slips.rate]
    pieces: list[IntArray] = []
    done = 0
    for place in wrong.tolist():
        if place <= done:
            continue
        pieces.append(codes[done:place])
        done = place
        pieces.append(_slip(rng, codes, place, slips))
    return np.concatenate([*pieces, codes[done:]])


def _slip(rng: np.random.Generator, codes: IntArray, place: int, slips: Slips) -> IntArray:
    spaces = np.flatnonzero(codes[max(place - 16, 0) : place] == KeyClass.SPACE)
    if rng.random() < slips.rewrites and len(spaces):
        length = min(place, 16) - int(spaces[-1])
        longer = int(rng.integers(-slips.changes, slips.changes + 1)) if slips.changes else 0
        again = codes[place - length : place]
        written = np.r_[again, np.zeros(max(longer, 0), np.int64)][: max(length + longer, 1)]
        return np.concatenate([_erases(length), written])
    on = codes[place + 1 : place + 1 + int(rng.integers(0, slips.latest + 1))]
    return np.concatenate([[KeyClass.LETTER], on, _erases(len(on) + 1)])


def _erases(count: int) -> IntArray:
    return np.full(count, KeyClass.BACKSPACE, dtype=np.int64)
