"""Location, spread and shape of a sample, missing (NaN) where the sample is too small."""

import numpy as np

from detector.tables import BoolArray, FloatArray

MIN_SAMPLE = 12
LONGEST_SORTED = 8_192
"""Quantiles of longer columns are taken from evenly spaced values: rank errors stay under 1 %."""


def spread(values: FloatArray) -> float:
    """Return the standard deviation, or NaN under `MIN_SAMPLE` values."""
    return float(values.std()) if len(values) >= MIN_SAMPLE else np.nan


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
    a, b = left - left.mean(), right - right.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 1e-12 else np.nan
