"""Location, spread and shape of a sample, missing (NaN) where the sample is too small."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.tables import BoolArray, FloatArray

MIN_SAMPLE = 12
LONGEST_SORTED = 8_192
"""Quantiles of longer columns are taken from evenly spaced values: rank errors stay under 1 %."""


def mean_of(values: NDArray[Any]) -> float:
    """Return the mean of one value or more.

    numpy's own spends more on its arguments than on a few hundred values; there are a hundred such
    means in a vector.
    """
    return float(np.add.reduce(values)) / len(values)


def deviation_of(values: NDArray[Any]) -> float:
    """Return the standard deviation of one value or more."""
    centred = values - np.add.reduce(values) / len(values)
    return float(np.sqrt(np.add.reduce(centred * centred) / len(values)))


def median_of(values: NDArray[Any]) -> float:
    """Return the median of one value or more."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return (float(ordered[half - 1]) + float(ordered[half])) / 2


def spread(values: FloatArray) -> float:
    """Return the standard deviation, or NaN under `MIN_SAMPLE` values."""
    return deviation_of(values) if len(values) >= MIN_SAMPLE else np.nan


def quantiles(values: FloatArray, levels: tuple[float, ...]) -> list[float]:
    """Return quantiles at ``levels``, or NaN under `MIN_SAMPLE` values."""
    if len(values) < MIN_SAMPLE:
        return [np.nan] * len(levels)
    ordered = np.sort(values[:: -(-len(values) // LONGEST_SORTED)])
    positions = np.asarray(levels) * (len(ordered) - 1)
    low = positions.astype(np.int64)
    high = np.minimum(low + 1, len(ordered) - 1)
    weight = positions - low
    return [float(v) for v in ordered[low] * (1 - weight) + ordered[high] * weight]


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
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 1e-12 else np.nan
