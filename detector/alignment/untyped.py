"""Which characters of a text have no typing behind them.

Matches too long for chance are taken first, each typed character for one place in the text;
what lies between them is read by the model of `detector.alignment.jumps`.
"""

from itertools import pairwise

import numpy as np

from detector.alignment.classmodel import chances
from detector.alignment.jumps import Source, source_of, untyped_chance
from detector.alignment.matching import Stretch, chain, common_stretches, commonplace, hits
from detector.alignment.rebuild import Codes
from detector.tables import BoolArray, FloatArray, IntArray

CERTAIN_SEED = 20
CERTAIN_BITS = 8.0
"""A match this much rarer than one expected by chance anywhere in the two texts is certain."""
FRAYED_CHARS = 4
"""The ends of a certain match may be chance: so much is left to the model."""
LONG_GAP = 400
"""In a longer gap only its ends (so many characters) and what is near a match are read."""
EDGE_CHARS = 60
LONGEST_SEED = 24
SEED_BITS_PER_CHAR = 0.9
"""Rough information in a character of a class string, to choose the length of seeds."""


def untyped_chances(source: Codes, target: Codes, *, in_order: bool) -> tuple[FloatArray, IntArray]:
    """Return for each character of ``target`` the probability that it was not typed.

    Args:
        source: typed codes.
        target: the text's codes.
        in_order: whether the typed codes stand in the order of the text.

    Returns:
        The probabilities, and each certainly typed character's place in the source (else -1).
    """
    made, place = np.zeros(len(target)), np.full(len(target), -1, dtype=np.int64)
    if not len(target):
        return made, place
    chance = chances(source, target)
    found = _certain(source, target, chance)
    certain = [_core(s, len(target)) for s in (chain(found) if in_order else found)]
    for stretch in certain:
        cut = slice(stretch.target, stretch.target + stretch.length)
        place[cut] = np.arange(stretch.source, stretch.source + stretch.length)
    used = np.zeros(len(source), dtype=np.bool_)
    used[place[place >= 0]] = True
    whole = source_of(source, used)
    jump = whole.jump_chance(len(target))
    ends = [Stretch(-1, 0, 0), *certain, Stretch(len(source), len(target), 0)]
    for before, behind in pairwise(ends):
        start, stop = before.target + before.length, behind.target
        enter = before.source + before.length
        left = whole.between(enter, behind.source) if in_order else whole
        made[start:stop] = 1.0
        if stop - start > LONG_GAP:
            made[start:stop] = ~commonplace(source, target[start:stop], CERTAIN_SEED)
        for a, b in _warm(left, target, start, stop):
            ways = (enter if a == start else None, behind.source if b == stop else None)
            made[a:b] = untyped_chance(left, target[a:b], chance[a:b], *ways, jump)
    return made, place


def _certain(source: Codes, target: Codes, chance: FloatArray) -> list[Stretch]:
    """Return the matches that are no chance, the rarest first, none used twice, in text order."""
    bits = np.r_[0.0, np.cumsum(-np.log2(chance))]
    least = np.log2(max(len(source), 2)) + np.log2(max(len(target), 2)) + CERTAIN_BITS

    def worth(stretch: Stretch) -> float:
        return float(bits[stretch.target + stretch.length] - bits[stretch.target])

    found = [s for s in common_stretches(source, target, CERTAIN_SEED) if worth(s) >= least]
    found.sort(key=lambda s: (-worth(s), s))
    open_source = np.ones(len(source), dtype=np.bool_)
    open_target = np.ones(len(target), dtype=np.bool_)
    kept: list[Stretch] = []
    for stretch in found:
        for part in _open_parts(stretch, open_source, open_target):
            if worth(part) >= least:
                kept.append(part)
                open_source[part.source : part.source + part.length] = False
                open_target[part.target : part.target + part.length] = False
    return sorted(kept, key=lambda s: s.target)


def _open_parts(stretch: Stretch, source: BoolArray, target: BoolArray) -> list[Stretch]:
    free = (
        source[stretch.source : stretch.source + stretch.length]
        & target[stretch.target : stretch.target + stretch.length]
    )
    edges = np.flatnonzero(np.diff(np.r_[0, free.astype(np.int8), 0]))
    return [
        Stretch(stretch.source + start, stretch.target + start, stop - start)
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]


def _core(stretch: Stretch, text_chars: int) -> Stretch:
    """Return a certain match without its ends, unless they are the text's own."""
    head = FRAYED_CHARS if stretch.target else 0
    tail = FRAYED_CHARS if stretch.target + stretch.length < text_chars else 0
    return Stretch(stretch.source + head, stretch.target + head, stretch.length - head - tail)


def _warm(source: Source, target: Codes, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the ranges of a gap that the model has to read.

    In a long gap these are its ends and what is near a match too long to be expected by chance.
    """
    if stop - start <= LONG_GAP:
        return [(start, stop)] if stop > start else []
    size = (np.log2(max(len(source.free), 2)) + 6) / SEED_BITS_PER_CHAR
    seed = int(np.clip(size, 8, LONGEST_SEED))
    warm = np.zeros(stop - start + 1, dtype=np.int64)
    _, at = hits(source.codes, target[start:stop], seed)
    np.add.at(warm, np.r_[0, stop - start - EDGE_CHARS, np.maximum(at - EDGE_CHARS // 2, 0)], 1)
    until = np.r_[EDGE_CHARS, stop - start, np.minimum(at + seed + EDGE_CHARS // 2, stop - start)]
    np.add.at(warm, until, -1)
    edges = np.flatnonzero(np.diff(np.r_[0, (np.cumsum(warm)[:-1] > 0).astype(np.int8), 0]))
    return [(start + a, start + b) for a, b in edges.reshape(-1, 2).tolist()]
