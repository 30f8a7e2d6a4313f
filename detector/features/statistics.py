"""Location, spread and shape of a sample, missing (NaN) where the sample is too small."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.tables import BoolArray, FloatArray, IntArray

MIN_SAMPLE = 12
LONGEST_SORTED = 8_192
"""Quantiles of longer columns are taken from evenly spaced values: rank errors stay under 1 %."""


def mean_of(values: NDArray[Any]) -> float:
    """Return the mean of one value or more.

    numpy's own spends more on its arguments than on a few hundred values; there are a hundred such
    means in a vector.
    """
    return float(np.add.reduce(values)) / len(values)


def share_of(mask: BoolArray) -> float:
    """Return the share of true values among one or more."""
    return np.count_nonzero(mask) / len(mask)


def deviation_of(values: NDArray[Any]) -> float:
    """Return the standard deviation of one value or more."""
    centred = values - np.add.reduce(values) / len(values)
    return math.sqrt(np.add.reduce(centred * centred) / len(values))


def variance_of(values: NDArray[Any], fewer: int = 0) -> float:
    """Return the variance of one value or more, over ``fewer`` degrees of freedom less."""
    centred = values - np.add.reduce(values) / len(values)
    return float(np.add.reduce(centred * centred)) / (len(values) - fewer)


def median_of(values: NDArray[Any]) -> float:
    """Return the median of one value or more."""
    ordered = sorted_copy(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return (float(ordered[half - 1]) + float(ordered[half])) / 2


def cut(values: NDArray[Any], bound: float) -> NDArray[Any]:
    """Return the values cut to ``bound`` either way."""
    kept: NDArray[Any] = np.minimum(np.maximum(values, -bound), bound)
    return kept


def next_is(mask: BoolArray) -> BoolArray:
    """Return for each row whether it holds for the one after it; for the last row it does not."""
    found = np.zeros(len(mask), np.bool_)
    found[:-1] = mask[1:]
    return found


def last_was(mask: BoolArray) -> BoolArray:
    """Return for each row whether it holds for the one before it; for the first row it does not."""
    found = np.zeros(len(mask), np.bool_)
    found[1:] = mask[:-1]
    return found


def runs_of(mask: BoolArray) -> tuple[IntArray, IntArray]:
    """Return where runs of true values begin, and where they are over."""
    padded = np.zeros(len(mask) + 2, np.bool_)
    padded[1:-1] = mask
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[::2], edges[1::2]


def sorted_copy(values: NDArray[Any]) -> NDArray[Any]:
    """Return the values in order."""
    ordered = values.copy()
    ordered.sort()
    return ordered


def spread(values: FloatArray) -> float:
    """Return the standard deviation, or NaN under `MIN_SAMPLE` values."""
    return deviation_of(values) if len(values) >= MIN_SAMPLE else np.nan


def quantiles(values: FloatArray, levels: tuple[float, ...]) -> list[float]:
    """Return quantiles at ``levels``, or NaN under `MIN_SAMPLE` values."""
    if len(values) < MIN_SAMPLE:
        return [np.nan] * len(levels)
    ordered = sorted_copy(values[:: -(-len(values) // LONGEST_SORTED)])
    last = len(ordered) - 1
    found = []
    for level in levels:
        low = int(level * last)
        weight = level * last - low
        high = float(ordered[min(low + 1, last)])
        found.append(float(ordered[low]) * (1 - weight) + high * weight)
    return found


def smoothed_log_share(mask: BoolArray) -> float:
    """Return log10 of the share of true values with half an event added, or NaN if too few."""
    count = len(mask)
    if count < MIN_SAMPLE:
        return np.nan
    return float(np.log10((np.count_nonzero(mask) + 0.5) / (count + 1.0)))


def correlation(left: FloatArray, right: FloatArray) -> float:
    """Return Pearson's correlation; NaN for small or constant samples."""
    if len(left) < MIN_SAMPLE:
        return np.nan
    a, b = left - mean_of(left), right - mean_of(right)
    scale = math.sqrt((a @ a) * (b @ b))
    return float(a @ b) / scale if scale > 1e-12 else np.nan
