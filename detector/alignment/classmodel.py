"""How predictable each character of a class sequence is from those before it.

A word's inner letters say little, its length and its punctuation say more. The statistics are
counted from the two texts at hand (in the manner of adaptive compression: Cleary and Witten 1984,
*Data compression using adaptive coding and partial string matching*), so that they fit any
language and give nothing to rows of spaces or to one key held down.
"""

import numpy as np

from detector.alignment.rebuild import BREAK, Codes
from detector.tables import FloatArray, IntArray

CLASSES = 5
LONGEST_RUN = 14
"""A longer run of one class counts as one of this length."""
SMOOTHING = 2.0
"""Weight of the shorter context against counts of the longer one, in characters."""
RAREST = 1e-3
SPACE = 3

_SYMBOLS = BREAK + 1
_STATES = _SYMBOLS * (LONGEST_RUN + 1) * _SYMBOLS
_FIRST = (SPACE * (LONGEST_RUN + 1) + 1) * _SYMBOLS + SPACE


def chances(source: Codes, target: Codes) -> FloatArray:
    """Return the probability of each code of ``target`` by the statistics of both texts.

    The context is the class before, how long it has lasted and the class before that run. Each
    character's own count is left out of its own probability.
    """
    if not len(target):
        return np.zeros(0)
    counts = np.zeros((_STATES, CLASSES))
    shorter = np.full((_SYMBOLS, CLASSES), 0.2)
    for codes in (source, target):
        known = np.flatnonzero(codes[1:] < CLASSES)
        after = codes[1:][known]
        np.add.at(counts, (_states(codes)[:-1][known], after), 1.0)
        np.add.at(shorter, (codes[:-1][known], after), 1.0)
    shorter /= shorter.sum(axis=1, keepdims=True)
    state = np.r_[_FIRST, _states(target)[:-1]]
    code = np.minimum(target, CLASSES - 1)
    own = ((np.arange(len(target)) > 0) & (target < CLASSES)).astype(np.float64)
    prior = SMOOTHING * shorter[np.r_[np.uint8(SPACE), target[:-1]], code]
    seen = counts[state, code] - own + prior
    made: FloatArray = np.clip(
        seen / (counts.sum(axis=1)[state] - own + SMOOTHING), RAREST, 1 - RAREST
    )
    return made


def _states(codes: Codes) -> IntArray:
    """Number the context after each code."""
    count = len(codes)
    if not count:
        return np.zeros(0, dtype=np.int64)
    begins = np.r_[True, codes[1:] != codes[:-1]]
    start = np.maximum.accumulate(np.where(begins, np.arange(count), 0))
    run = np.minimum(np.arange(count) - start + 1, LONGEST_RUN)
    before = np.where(start > 0, codes[np.maximum(start - 1, 0)], SPACE).astype(np.int64)
    return (codes.astype(np.int64) * (LONGEST_RUN + 1) + run) * _SYMBOLS + before
