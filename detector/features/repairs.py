"""How slips are noticed and repaired: the rhythm around erasing.

People slow down after an error and often type faster than usual into it (Salthouse 1986; Rabbitt
1978, *Detection of errors by skilled typists*, Ergonomics 21(11)); they notice it after no fixed
number of keys, and what they write instead is often of another length or shape. A program waits
a set time, erases at a set pace and goes back to the same text.
"""

import numpy as np

from detector.features.plain import At, Key
from detector.features.serial import Rhythm
from detector.features.statistics import (
    deviation_of,
    mean_of,
    median_of,
    quantiles,
    runs_of,
    share_of,
)
from detector.features.stream import TextStream
from detector.tables import FloatArray, IntArray

FEWEST_REPAIRS = 5
LONGEST_COMPARED = 6
REPAIR_NAMES = (
    "erase_first_spread",
    "erase_more_excess",
    "erase_more_spread",
    "after_erase_excess",
    "after_erase_spread",
    "post_error_excess",
    "pre_error_excess",
    "erase_one_share",
    "erase_run_spread",
    "same_classes_share",
    "erase_at_boundary_share",
    "erase_clustering",
)


def repair_features(stream: TextStream, rhythm: Rhythm) -> list[float]:
    """Return the values of `REPAIR_NAMES`; missing under `FEWEST_REPAIRS` repairs."""
    erase = (stream.key == Key.BACKSPACE) | (stream.key == Key.DELETE)
    first, after = runs_of(erase)
    inner = (first > 3) & (after < len(stream) - 3)
    first, after = first[inner], after[inner]
    if len(first) < FEWEST_REPAIRS:
        return [np.nan] * len(REPAIR_NAMES)
    typical = quantiles(stream.intervals_at(At.WITHIN_WORD), (0.5,))[0]
    more = stream.interval_log[1:][erase[1:] & erase[:-1]] - typical
    lengths = after - first
    opening, resumed = stream.interval_log[first] - typical, stream.interval_log[after] - typical
    return [
        deviation_of(opening),
        _median(more),
        deviation_of(more) if len(more) >= FEWEST_REPAIRS else np.nan,
        _median(resumed),
        deviation_of(resumed),
        _around(rhythm, after, (1, 2, 3)),
        _around(rhythm, first, (-1, -2, -3)),
        share_of(lengths == 1),
        deviation_of(np.log2(lengths)),
        _same_classes(stream, first, after),
        share_of(stream.key[first - 1] != Key.LETTER),
        _spacing(first),
    ]


def _median(values: FloatArray) -> float:
    return median_of(values) if len(values) >= FEWEST_REPAIRS else np.nan


def _around(rhythm: Rhythm, rows: IntArray, offsets: tuple[int, ...]) -> float:
    """Mean residual of the ordinary intervals at ``offsets`` from ``rows``."""
    near = (rows[:, None] + np.array(offsets)).ravel()
    near = near[rhythm.ordinary[_bounded(near, len(rhythm.ordinary))]]
    return mean_of(rhythm.residual[near]) if len(near) >= 2 * FEWEST_REPAIRS else np.nan


def _same_classes(stream: TextStream, first: IntArray, after: IntArray) -> float:
    """Share of erased keys (up to six of a run) whose place is taken by the same class again."""
    lengths = np.minimum(after - first, LONGEST_COMPARED)
    offsets = np.arange(LONGEST_COMPARED)
    taken = _bounded(first[:, None] - lengths[:, None] + offsets, len(stream))
    put = _bounded(after[:, None] + offsets, len(stream))
    compared = offsets < lengths[:, None]
    same = stream.key[taken] == stream.key[put]
    return share_of(same[compared])


def _bounded(rows: IntArray, count: int) -> IntArray:
    return np.minimum(np.maximum(rows, 0), count - 1)


def _spacing(first: IntArray) -> float:
    """Spread of log distances between repairs: 0.56 for repairs at random (exponential)."""
    return deviation_of(np.log10(np.maximum(first[1:] - first[:-1], 1)))
