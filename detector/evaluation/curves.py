"""Curves behind a figure: ROC, reliability, and risk against coverage.

A point of the last two stands for at least `FEWEST_WRITERS` writers, so that no curve shows one
person's session; a ROC curve is thinned to `MOST_POINTS`.
"""

from typing import Any

import numpy as np

from detector.evaluation.scored import Columns
from detector.tables import BoolArray, FloatArray

FEWEST_WRITERS = 10
MOST_POINTS = 120
BINS = 10
COVERAGES = tuple(round(0.05 * step, 2) for step in range(1, 21))


def roc_curve(scores: FloatArray, attack: BoolArray) -> list[list[float]]:
    """Return points (BPCER, APCER) over all thresholds, from none flagged to all flagged."""
    genuine, attacks = np.sort(scores[~attack]), np.sort(scores[attack])
    if not len(genuine) or not len(attacks):
        return []
    at = np.unique(scores)
    false_alarms = 1.0 - np.searchsorted(genuine, at, side="right") / len(genuine)
    missed = np.searchsorted(attacks, at, side="right") / len(attacks)
    points = np.column_stack([np.r_[1.0, false_alarms], np.r_[0.0, missed]])[::-1]
    turns = _corners(points)
    if len(turns) > MOST_POINTS:
        turns = turns[np.unique(np.linspace(0, len(turns) - 1, MOST_POINTS).astype(np.int64))]
    return [[round(x, 4) for x in point] for point in points[turns].tolist()]


def _corners(points: FloatArray) -> np.ndarray:
    """Return the rows where the staircase turns."""
    step = np.sign(np.diff(points, axis=0))
    inner = np.any(step[1:] != step[:-1], axis=1)
    return np.flatnonzero(np.r_[True, inner, True])


def reliability(scores: FloatArray, attack: BoolArray, writers: np.ndarray) -> list[dict[str, Any]]:
    """Return mean score and share of attacks in bins of the score with enough writers."""
    numbers = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    points: list[dict[str, Any]] = []
    for number in np.unique(numbers).tolist():
        rows = numbers == number
        count = len(np.unique(writers[rows]))
        if count >= FEWEST_WRITERS:
            points.append(
                {
                    "mean_score": round(float(np.mean(scores[rows])), 4),
                    "attack_share": round(float(np.mean(attack[rows])), 4),
                    "sessions": int(rows.sum()),
                    "writers": count,
                }
            )
    return points


def risk_coverage(rows: Columns) -> list[dict[str, float]]:
    """Return the share decided wrongly among the most certain sessions, by how many are decided.

    Certainty is the score's distance from one half; abstentions come last and, where they are
    counted in, as decisions not to flag (Geifman and El-Yaniv 2017).
    """
    certainty = np.abs(rows.score - 0.5) - rows.abstained
    order = np.argsort(-certainty, kind="stable")
    wrong = (rows.flagged != rows.attack)[order]
    writers = rows.writer[order]
    points = []
    for coverage in COVERAGES:
        count = round(coverage * len(wrong))
        if count and len(np.unique(writers[:count])) >= FEWEST_WRITERS:
            points.append({"coverage": coverage, "risk": round(float(np.mean(wrong[:count])), 4)})
    return points
