"""Rates, areas and their confidence intervals, clustered by writer."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata

from detector.tables import BoolArray, FloatArray

RESAMPLES = 400
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; NaN where it is not defined."""

    value: float
    low: float
    high: float
    sessions: int
    writers: int

    def to_json(self) -> dict[str, float | int | None]:
        """Return plain values; an undefined number is null."""
        rounded = {
            name: None if np.isnan(number) else round(number, 4)
            for name, number in (("value", self.value), ("low", self.low), ("high", self.high))
        }
        return {**rounded, "sessions": self.sessions, "writers": self.writers}


def rate(events: BoolArray, writers: np.ndarray) -> Estimate:
    """Return the share of true events; the interval resamples writers.

    Where no or every session shows the event, resampling has no spread; the interval is then the
    exact binomial one over writers.
    """
    if not len(events):
        return Estimate(np.nan, np.nan, np.nan, 0, 0)
    return share_estimate(lambda rows: float(np.mean(events[rows])), writers)


def share_estimate(share: Callable[[np.ndarray], float], writers: np.ndarray) -> Estimate:
    """Return a share of sessions, computed from row numbers, with its interval as in `rate`."""
    count = len(np.unique(writers))
    value = share(np.arange(len(writers)))
    tail = float((1 - LEVEL) ** (1 / count)) if count else np.nan
    if value == 0.0:
        return Estimate(0.0, 0.0, 1 - tail, len(writers), count)
    if value == 1.0:
        return Estimate(1.0, tail, 1.0, len(writers), count)
    return estimate(share, writers)


def estimate(figure: Callable[[np.ndarray], float], writers: np.ndarray) -> Estimate:
    """Return ``figure`` of all rows; the interval is of the same on resampled writers' rows."""
    count = len(np.unique(writers))
    value = figure(np.arange(len(writers)))
    if np.isnan(value) or not count:
        return Estimate(np.nan, np.nan, np.nan, len(writers), count)
    low, high = _resampled(figure, writers)
    return Estimate(value, low, high, len(writers), count)


def area(scores: FloatArray, positive: BoolArray, writers: np.ndarray) -> Estimate:
    """Return the area under the ROC curve (Mann-Whitney); the interval resamples writers."""
    return estimate(lambda rows: auc(scores[rows], positive[rows]), writers)


def auc(scores: FloatArray, positive: BoolArray) -> float:
    """Return the area under the ROC curve, ties counted half; NaN with one class only."""
    count = int(np.count_nonzero(positive))
    other = len(positive) - count
    if not count or not other:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * other))


def missed_at(scores: FloatArray, positive: BoolArray, false_alarms: float) -> float:
    """Return APCER at the threshold that flags ``false_alarms`` of the genuine (BPCER)."""
    genuine = scores[~positive]
    if not len(genuine) or not np.any(positive):
        return float("nan")
    threshold = float(np.quantile(genuine, 1 - false_alarms, method="higher"))
    return float(np.mean(scores[positive] <= threshold))


def missed_estimate(
    scores: FloatArray, positive: BoolArray, writers: np.ndarray, false_alarms: float
) -> Estimate:
    """Return `missed_at` with its interval; the genuine that set the threshold are resampled too.

    At 0 or 1 the interval is the exact binomial one over the writers of the attacks.
    """
    value = missed_at(scores, positive, false_alarms)
    if value in (0.0, 1.0):
        bound = rate(np.full(int(positive.sum()), bool(value)), writers[positive])
        return replace(bound, sessions=len(scores), writers=len(np.unique(writers)))
    return estimate(lambda rows: missed_at(scores[rows], positive[rows], false_alarms), writers)


def calibration_error(scores: FloatArray, positive: BoolArray, bins: int = 10) -> float:
    """Return the expected calibration error over ``bins`` equal bins (Naeini et al. 2015)."""
    if not len(scores):
        return float("nan")
    numbers = np.minimum((scores * bins).astype(np.int64), bins - 1)
    return sum(
        float(np.mean(numbers == b))
        * abs(float(np.mean(scores[numbers == b])) - float(np.mean(positive[numbers == b])))
        for b in np.unique(numbers)
    )


def _resampled(figure: Callable[[np.ndarray], float], writers: np.ndarray) -> tuple[float, float]:
    _, codes = np.unique(writers, return_inverse=True)
    rows_of = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    rng = np.random.default_rng(0)
    values = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(0, len(rows_of), len(rows_of))
        values.append(figure(np.concatenate([rows_of[i] for i in drawn])))
    known = np.array(values)[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    tail = (1 - LEVEL) / 2
    return float(np.quantile(known, tail)), float(np.quantile(known, 1 - tail))
