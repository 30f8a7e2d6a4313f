"""Trace alignment: which characters of a submitted text have typing behind them.

Only classes are compared (letter, digit, punctuation, space, newline). Where the log tells the
place of every change, typed text and submitted text have one order: long common stretches are
found by the hashes of their k-grams, chained in order (a longest increasing subsequence weighted
by length; Gusfield 1997, *Algorithms on strings, trees and sequences*, 13.3), and the gaps between
them are aligned with ever shorter k-grams. Where it tells keys only, `detector.unordered` reads
the text with unseen moves of the cursor.
"""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.matching import Stretch, chain, common_stretches, equal_run
from detector.rebuild import WILDCARD, Codes, TypedText, rebuild, text_codes
from detector.tables import FloatArray, Keystrokes
from detector.unordered import untyped_chances

ANCHOR = 24
SHORTER_ANCHORS = (12, 6, 3)
EDGE_BITS_PER_CHARACTER = 0.9
LONGEST_ISLAND = 30
"""A shorter match that stands alone between longer unexplained stretches is taken for chance."""
LONGEST_ISLAND_UNORDERED = 50
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
    """

    origin: NDArray[np.int8]
    confidence: FloatArray
    exact: bool

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


def align(table: Keystrokes, text_class: str) -> Alignment:
    """Align what ``table`` typed with a submitted text given as classes."""
    return align_codes(rebuild(table), text_codes(text_class))


def align_codes(typed: TypedText, target: Codes) -> Alignment:
    """Align rebuilt codes with a target's codes."""
    if not typed.in_order:
        return _align_unordered(typed.codes, target)
    state = _State(typed.codes, target)
    backbone = chain(common_stretches(typed.codes, target, ANCHOR))
    for stretch in backbone:
        state.explain(stretch, 1.0)
    state.fill_gaps(backbone)
    join_islands(state.origin, LONGEST_ISLAND)
    state.mark_insertions()
    return Alignment(state.origin, state.confidence, exact=True)


def _align_unordered(source: Codes, target: Codes) -> Alignment:
    chance = untyped_chances(source, target)
    origin = np.where(chance < 0.5, Origin.TYPED, Origin.UNEXPLAINED).astype(np.int8)
    chance = _calibrated(chance)
    for start, end in join_islands(origin, LONGEST_ISLAND_UNORDERED):
        chance[start:end] = ISLAND_CHANCE
    sure = np.where(origin == Origin.TYPED, 1.0 - chance, chance)
    return Alignment(origin, sure, exact=False)


def _calibrated(chance: FloatArray) -> FloatArray:
    odds = np.log(np.maximum(chance, 1e-6)) - np.log(np.maximum(1.0 - chance, 1e-6))
    made: FloatArray = 1.0 / (1.0 + np.exp(-(CALIBRATION[0] + CALIBRATION[1] * odds)))
    return made


class _State:
    """The origin of each target character so far, with the source place behind it."""

    def __init__(self, source: Codes, target: Codes) -> None:
        self.source, self.target = source, target
        self.origin = np.zeros(len(target), dtype=np.int8)
        self.confidence = np.ones(len(target))
        self.place = np.full(len(target), -1, dtype=np.int64)

    def explain(self, stretch: Stretch, confidence: float) -> None:
        cut = slice(stretch.target, stretch.target + stretch.length)
        self.origin[cut] = Origin.TYPED
        self.confidence[cut] = confidence
        self.place[cut] = np.arange(stretch.source, stretch.source + stretch.length)

    def fill_gaps(self, backbone: list[Stretch]) -> None:
        ends = [Stretch(0, 0, 0), *backbone, Stretch(len(self.source), len(self.target), 0)]
        for left, right in pairwise(ends):
            gap = (left.source + left.length, right.source, left.target + left.length, right.target)
            self._fill(*self._fill_ends(*gap), SHORTER_ANCHORS)

    def _fill_ends(self, s0: int, s1: int, t0: int, t1: int) -> tuple[int, int, int, int]:
        """Explain what is equal at both ends of a gap in texts of one order."""
        room = min(s1 - s0, t1 - t0)
        front = equal_run(self.source[s0 : s0 + room], self.target[t0 : t0 + room])
        self.explain(Stretch(s0, t0, front), 1.0)
        room -= front
        back = equal_run(self.source[s1 - room : s1][::-1], self.target[t1 - room : t1][::-1])
        self.explain(Stretch(s1 - back, t1 - back, back), 1.0)
        return s0 + front, s1 - back, t0 + front, t1 - back

    def _fill(self, s0: int, s1: int, t0: int, t1: int, anchors: tuple[int, ...]) -> None:
        if t1 <= t0 or s1 <= s0 or not anchors:
            return
        size, *rest = anchors
        if size * 60 < min(s1 - s0, t1 - t0) and size < SHORTER_ANCHORS[0]:
            return
        found = common_stretches(self.source[s0:s1], self.target[t0:t1], size)
        links = [Stretch(k.source + s0, k.target + t0, k.length) for k in chain(found)]
        links = [k for k in links if k.length >= _least(k, (s0, s1, t0, t1))]
        for link in links:
            self.explain(link, 0.95)
        ends = [Stretch(s0, t0, 0), *links, Stretch(s1, t1, 0)]
        for left, right in pairwise(ends):
            self._fill(
                left.source + left.length,
                right.source,
                left.target + left.length,
                right.target,
                tuple(rest),
            )

    def mark_insertions(self) -> None:
        """Mark a gap as inserted as far as the log shows characters inserted at its place."""
        wild = np.cumsum(np.r_[0, self.source == WILDCARD])
        if not wild[-1]:
            return
        for start, end in _gaps(self.origin):
            left = int(self.place[start - 1]) + 1 if start else 0
            right = int(self.place[end]) if end < len(self.place) else len(self.source)
            count = int(wild[max(right, left)] - wild[left])
            if count:
                self.origin[start : start + min(end - start, count)] = Origin.INSERTED


def _least(link: Stretch, gap: tuple[int, int, int, int]) -> int:
    """Return the shortest length at which a link is no chance, by its distance from known text.

    The further from both ends of its gap, the more places it could have matched by chance.
    """
    s0, s1, t0, t1 = gap
    from_left = np.log2(1 + link.source - s0) + np.log2(1 + link.target - t0)
    ends = (link.source + link.length, link.target + link.length)
    from_right = np.log2(1 + s1 - ends[0]) + np.log2(1 + t1 - ends[1])
    return int(np.ceil(min(from_left, from_right) / EDGE_BITS_PER_CHARACTER)) + 2


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
