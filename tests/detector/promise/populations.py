"""Populations of writers whose true rates are known, to hold promises against."""

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import ndtr, ndtri

from detector.tables import FloatArray, IntArray

NODES, WEIGHTS = hermegauss(80)
"""For means over a standard normal writer effect."""


def draw(
    rng: np.random.Generator, sessions_of: IntArray, correlation: float
) -> tuple[FloatArray, IntArray]:
    """Draw scores that are uniform over all, correlated within a writer, and their writers."""
    codes = np.repeat(np.arange(len(sessions_of)), sessions_of)
    shared = rng.standard_normal(len(sessions_of))[codes]
    own = rng.standard_normal(len(codes))
    return ndtr(np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own), codes


def share_with_any_flag(threshold: float, sessions: int, correlation: float) -> float:
    """Return the true share of writers with a score above the threshold in so many sessions."""
    if threshold <= 0.0 or threshold >= 1.0:
        return float(threshold <= 0.0)
    inner = ndtr((ndtri(threshold) - np.sqrt(correlation) * NODES) / np.sqrt(1 - correlation))
    return float(np.sum(WEIGHTS * (1 - inner**sessions)) / WEIGHTS.sum())
