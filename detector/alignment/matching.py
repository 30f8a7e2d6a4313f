"""Common stretches of two code sequences, and the best chain of them."""

from dataclasses import dataclass

import numpy as np

from detector.alignment.rebuild import WILDCARD, Codes
from detector.tables import BoolArray, IntArray

MOST_PLACES = 6
"""A k-gram that stands at more places than this in the source is no anchor by itself."""
MOST_STRETCHES = 3_000


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """``length`` equal codes at two places."""

    source: int
    target: int
    length: int


def common_stretches(source: Codes, target: Codes, size: int) -> list[Stretch]:
    """Find equal stretches of at least ``size`` codes, at most `MOST_PLACES` for each k-gram.

    Wildcards and breaks equal nothing. At most 27 codes fit a 63-bit k-gram number.
    """
    source_at, target_at = hits(source, target, size)
    return _merge(source, target, source_at, target_at, size) if len(source_at) else []


def hits(source: Codes, target: Codes, size: int) -> tuple[IntArray, IntArray]:
    """Return the places in both of each equal k-gram that stands at `MOST_PLACES` or fewer."""
    places, wanted, low, count = _counted(source, target, size)
    usable = (count > 0) & (count <= MOST_PLACES)
    wanted, low, count = wanted[usable], low[usable], count[usable]
    target_at = np.repeat(wanted, count)
    offsets = np.arange(len(target_at)) - np.repeat(np.cumsum(count) - count, count)
    return places[np.repeat(low, count) + offsets], target_at


def commonplace(source: Codes, target: Codes, size: int) -> BoolArray:
    """Which codes of the target lie in a k-gram that stands at too many places to tell which."""
    _, wanted, _, count = _counted(source, target, size)
    at = wanted[count > MOST_PLACES]
    marks = np.zeros(len(target) + 1, dtype=np.int64)
    np.add.at(marks, at, 1)
    np.add.at(marks, at + size, -1)
    return np.cumsum(marks)[:-1] > 0


def _counted(
    source: Codes, target: Codes, size: int
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return source places ordered by k-gram, and each target place's first rank and count."""
    source_grams, source_good = _grams(source, size)
    target_grams, target_good = _grams(target, size)
    places = np.flatnonzero(source_good)
    wanted = np.flatnonzero(target_good)
    places = places[np.argsort(source_grams[places], kind="stable")]
    ordered = source_grams[places]
    low = np.searchsorted(ordered, target_grams[wanted], side="left")
    high = np.searchsorted(ordered, target_grams[wanted], side="right")
    return places, wanted, low, high - low


def _grams(codes: Codes, size: int) -> tuple[IntArray, BoolArray]:
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    known = codes < WILDCARD
    values = np.where(known, codes, 0).astype(np.int64)
    grams = np.zeros(count, dtype=np.int64)
    for offset in range(size):
        grams = grams * 5 + values[offset : offset + count]
    bad = np.cumsum(np.r_[0, ~known])
    return grams, bad[size:] == bad[:count]


def _merge(
    source: Codes, target: Codes, source_at: IntArray, target_at: IntArray, size: int
) -> list[Stretch]:
    """Join k-gram hits on one diagonal and lengthen them as far as the codes are equal."""
    diagonal = source_at - target_at
    order = np.lexsort((target_at, diagonal))
    diagonal, start = diagonal[order], target_at[order]
    new = np.r_[True, (np.diff(diagonal) != 0) | (np.diff(start) > 1)]
    heads = np.flatnonzero(new)
    tails = np.r_[heads[1:], len(start)] - 1
    lengths = start[tails] - start[heads] + size
    if len(heads) > MOST_STRETCHES:
        longest = np.argsort(-lengths, kind="stable")[:MOST_STRETCHES]
        heads, lengths = heads[longest], lengths[longest]
    found: set[Stretch] = set()
    for head, length in zip(heads.tolist(), lengths.tolist(), strict=True):
        at = int(start[head])
        found.add(_lengthened(source, target, Stretch(at + int(diagonal[head]), at, length)))
    return sorted(found)


def _lengthened(source: Codes, target: Codes, stretch: Stretch) -> Stretch:
    """Extend a stretch to both sides as far as the codes are equal."""
    room = min(stretch.source, stretch.target)
    back = equal_run(
        source[stretch.source - room : stretch.source][::-1],
        target[stretch.target - room : stretch.target][::-1],
    )
    end_s, end_t = stretch.source + stretch.length, stretch.target + stretch.length
    front = equal_run(source[end_s:], target[end_t:])
    return Stretch(stretch.source - back, stretch.target - back, stretch.length + back + front)


def equal_run(left: Codes, right: Codes) -> int:
    """Return how many codes are equal from the start; wildcards equal nothing."""
    room, at, step = min(len(left), len(right)), 0, 32
    while at < room:
        stop = min(at + step, room)
        differs = (left[at:stop] != right[at:stop]) | (left[at:stop] >= WILDCARD)
        first = int(differs.argmax())
        if differs[first]:
            return at + first
        at, step = stop, step * 8
    return room


def chain(stretches: list[Stretch]) -> list[Stretch]:
    """Return the heaviest chain of stretches that is in order in both, overlaps trimmed."""
    if not stretches:
        return []
    items = np.array([(k.target, k.source, k.length) for k in stretches], dtype=np.int64)
    items = items[np.lexsort((items[:, 1], items[:, 0] + items[:, 2]))]
    target, source, length = items.T
    target_end, source_end = target + length, source + length
    weight = length.astype(np.float64)
    previous = np.full(len(items), -1, dtype=np.int64)
    for i in range(1, len(items)):
        gain = np.minimum(target_end[i] - target_end[:i], source_end[i] - source_end[:i])
        ordered = (gain > 0) & (target[:i] < target[i]) & (source[:i] < source[i])
        total = np.where(ordered, weight[:i] + np.minimum(gain, length[i]), 0.0)
        best = int(np.argmax(total))
        if total[best] > weight[i]:
            weight[i], previous[i] = total[best], best
    at = int(np.argmax(weight))
    picked: list[Stretch] = []
    while at >= 0:
        picked.append(Stretch(int(source[at]), int(target[at]), int(length[at])))
        at = int(previous[at])
    return _trimmed(picked[::-1])


def _trimmed(picked: list[Stretch]) -> list[Stretch]:
    out: list[Stretch] = []
    for stretch in picked:
        over = 0
        if out:
            last = out[-1]
            over = max(
                last.target + last.length - stretch.target,
                last.source + last.length - stretch.source,
                0,
            )
        if stretch.length > over:
            out.append(Stretch(stretch.source + over, stretch.target + over, stretch.length - over))
    return out
