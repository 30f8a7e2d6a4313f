"""Trace alignment: which characters of a submitted text have typing behind them.

Only classes are compared (letter, digit, punctuation, space, newline). Where the log tells the
place of every change the typed text is rebuilt in the order of the text, else in the order of
typing (`detector.alignment.rebuild`); `detector.alignment.untyped` says for each character how
likely it is that it was not typed.
"""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.alignment.rebuild import UNKNOWN_US, WILDCARD, Codes, TypedText, rebuild, text_codes
from detector.alignment.untyped import untyped_chances
from detector.tables import FloatArray, IntArray, Keystrokes

LONGEST_ISLAND = 50
"""A shorter match that stands alone between longer unexplained stretches is taken for chance."""
EDITED_INSERTION = 0.8
"""An insertion of at least this share of a gap explains all of it: it was edited afterwards."""
ISLAND_CHANCE = 0.3
"""Share of such matches that are foreign like the text around them (KLiCKe, writers to train)."""
CALIBRATION = (-1.87, 0.87)
"""Intercept and slope from the model's log odds to those found where half of the texts hold a
foreign passage of 50 to 200 characters (KLiCKe, writers to train and calibrate on)."""


class Origin(IntEnum):
    """How a character of a submitted text came to be."""

    UNEXPLAINED = 0
    INSERTED = 1
    TYPED = 2


@dataclass(frozen=True, slots=True)
class Passage:
    """A range of a submitted text with one origin, in characters, end exclusive."""

    start: int
    end: int
    origin: Origin
    confidence: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """Every character of a submitted text with its origin.

    Attributes:
        origin: an `Origin` for each character.
        confidence: probability of the origin for each character. With keys only it is calibrated
            on texts half of which hold a foreign passage; an unexplained character under 0.5 is
            more likely typed in a way that the log does not show.
        exact: whether the log told the place of every change; else order was inferred.
        typed_us: when each character was typed; `UNKNOWN_US` where that is not certain.
    """

    origin: NDArray[np.int8]
    confidence: FloatArray
    exact: bool
    typed_us: IntArray

    @property
    def explained_share(self) -> float:
        """Share of characters that were typed; 1 for an empty text."""
        return float(np.mean(self.origin == Origin.TYPED)) if len(self.origin) else 1.0

    def passages(self, origin: Origin, shortest: int = 1) -> list[Passage]:
        """Return the ranges of one origin that are at least ``shortest`` characters long."""
        edges = np.flatnonzero(np.diff(np.r_[0, (self.origin == origin).astype(np.int8), 0]))
        return [
            Passage(start, end, origin, round(float(self.confidence[start:end].mean()), 3))
            for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
            if end - start >= shortest
        ]

    def typed_between(self, start: int, end: int) -> tuple[int, int] | None:
        """Return when a range was typed, from its first key to its last, in microseconds.

        None if that is certain of less than half of it.
        """
        found = self.typed_us[start:end]
        known = found[found != UNKNOWN_US]
        if 2 * len(known) < end - start or not len(known):
            return None
        return int(known.min()), int(known.max())


def align(table: Keystrokes, text_class: str) -> Alignment:
    """Align what ``table`` typed with a submitted text given as classes."""
    return align_codes(rebuild(table), text_codes(text_class))


def align_codes(typed: TypedText, target: Codes) -> Alignment:
    """Align rebuilt codes with a target's codes."""
    raw, place = untyped_chances(typed.codes, target, in_order=typed.in_order)
    chance = _calibrated(raw)
    origin = np.where(raw < 0.5, Origin.TYPED, Origin.UNEXPLAINED).astype(np.int8)
    for start, end in join_islands(origin, LONGEST_ISLAND):
        chance[start:end] = ISLAND_CHANCE
    sure = np.where(origin == Origin.TYPED, 1.0 - chance, chance)
    if typed.in_order:
        _mark_insertions(origin, place, typed.codes)
    when = np.where(place >= 0, typed.t_us[place], UNKNOWN_US)
    return Alignment(origin, sure, exact=typed.in_order, typed_us=when)


def _calibrated(chance: FloatArray) -> FloatArray:
    odds = np.log(np.maximum(chance, 1e-6)) - np.log(np.maximum(1.0 - chance, 1e-6))
    made: FloatArray = 1.0 / (1.0 + np.exp(-(CALIBRATION[0] + CALIBRATION[1] * odds)))
    return made


def _mark_insertions(origin: NDArray[np.int8], place: IntArray, source: Codes) -> None:
    """Mark a gap as inserted as far as the log shows characters inserted at its place."""
    wild = np.cumsum(np.r_[0, source == WILDCARD])
    if not wild[-1]:
        return
    known = np.flatnonzero(place >= 0)
    for start, end in _gaps(origin):
        left = int(np.searchsorted(known, start)) - 1
        right = int(np.searchsorted(known, end))
        first = int(place[known[left]]) + 1 if left >= 0 else 0
        last = int(place[known[right]]) if right < len(known) else len(source)
        count = int(wild[max(last, first)] - wild[first])
        whole = count >= EDITED_INSERTION * (end - start)
        if count:
            origin[start : end if whole else start + count] = Origin.INSERTED


def join_islands(origin: NDArray[np.int8], longest: int) -> list[tuple[int, int]]:
    """Take back short matches that stand alone in what is otherwise unexplained, in place.

    Returns:
        The ranges taken back.
    """
    taken: list[tuple[int, int]] = []
    while True:
        islands = [
            (left[1], right[0])
            for left, right in pairwise(_gaps(origin))
            if right[0] - left[1] <= min(longest, left[1] - left[0], right[1] - right[0])
        ]
        if not islands:
            return taken
        for start, end in islands:
            origin[start:end] = Origin.UNEXPLAINED
        taken.extend(islands)


def _gaps(origin: NDArray[np.int8]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[0, (origin == Origin.UNEXPLAINED).astype(np.int8), 0]))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


__all__ = ["Alignment", "Origin", "Passage", "align", "align_codes"]
