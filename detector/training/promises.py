"""Figures on promises: whether they hold on writers not calibrated on, and what they cost."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import gammaln
from scipy.stats import binom

from detector.promise import Watched, find_drift, make_reference, promise
from detector.promise.bounds import most_flagged
from detector.promise.sessions import CONFIDENCE, RATE
from detector.tables import BoolArray, FloatArray, IntArray

SIZES = (50, 100, 299, 500)
SPLITS = 400
SEED = 1
CONTAMINATED = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05)
REFERENCE_WRITERS = 300
WATCHES = 40
SLOWER_LOG10 = 0.1
"""Intervals a quarter longer: 0.1 on a log10 scale."""


def promise_coverage(
    scores: FloatArray, writers: Sequence[str], sizes: Sequence[int] = SIZES, splits: int = SPLITS
) -> list[dict[str, Any]]:
    """Return how promises from some writers hold on the others, for each number of writers.

    Two ways: writers drawn with replacement from the table, whose true rate is then that of the
    table, must keep it as often as the confidence says; and writers not drawn show a rate that,
    being of few writers itself, lies above the promised one at times by chance alone.

    Args:
        scores: of genuine sessions.
        writers: whose they are.
        sizes: numbers of calibration writers; those that leave nobody to test on are left out.
        splits: how many draws each.
    """
    codes = np.unique(np.asarray(writers, dtype=np.str_), return_inverse=True)[1].astype(np.int64)
    count = int(codes.max()) + 1
    by_writer = np.split(scores[np.argsort(codes, kind="stable")], np.cumsum(np.bincount(codes)))
    rng = np.random.default_rng(SEED)
    return [_coverage(rng, by_writer[:count], size, splits) for size in sizes if size < count]


def _coverage(
    rng: np.random.Generator, by_writer: list[FloatArray], size: int, splits: int
) -> dict[str, Any]:
    count = len(by_writer)
    drawn = np.array([_drawn(rng.integers(0, count, size), by_writer) for _ in range(splits)])
    held = []
    for _ in range(splits):
        order = rng.permutation(count)
        threshold, _ = _drawn(order[:size], by_writer)
        held.append(_rate(order[size:], by_writer, threshold))
    true_rates = [_rate(np.arange(count), by_writer, threshold) for threshold in drawn[:, 0]]
    return {
        "writers": size,
        "promised_rate": RATE,
        "stated_confidence": round(float(drawn[0, 1]), 4),
        "kept": round(float(np.mean(np.array(true_rates) <= RATE)), 4),
        "true_rate_mean": round(float(np.mean(true_rates)), 5),
        "true_rate_p95": round(float(np.quantile(true_rates, 0.95)), 5),
        "held_out_writers": count - size,
        "held_out_rate_mean": round(float(np.mean(held)), 5),
        "held_out_kept": round(float(np.mean(np.array(held) <= RATE)), 4),
        "held_out_kept_closed_form": round(_held_out_kept(size, count), 4),
        "threshold_median": round(float(np.median(drawn[:, 0])), 4),
    }


def _drawn(chosen: IntArray, by_writer: list[FloatArray]) -> tuple[float, float]:
    """Return threshold and confidence from the chosen writers; one drawn twice is two."""
    parts = [by_writer[i] for i in chosen]
    names = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    made = promise(np.concatenate(parts), names.astype(np.str_).tolist())
    return made.threshold, made.confidence


def _rate(chosen: IntArray, by_writer: list[FloatArray], threshold: float) -> float:
    return float(np.mean([np.mean(by_writer[i] > threshold) for i in chosen]))


def _held_out_kept(size: int, count: int) -> float:
    """Return how often writers not drawn stay under the rate, if each has one untied score.

    The number of them above the (k + 1)-th largest calibration score is negative hypergeometric.
    """
    allowed = max(most_flagged(RATE, CONFIDENCE, size), 0)
    above = np.arange(int(RATE * (count - size)) + 1)
    ways = _log_choose(above + allowed, allowed)
    ways = ways + _log_choose(count - above - allowed - 1, size - allowed - 1)
    return float(np.exp(ways - _log_choose(np.array(count), size)).sum())


def _log_choose(total: IntArray, chosen: int) -> FloatArray:
    return np.asarray(gammaln(total + 1) - gammaln(chosen + 1) - gammaln(total - chosen + 1))


def closed_form(sizes: Sequence[int] = (299, 500, 1000), draws: int = 2000) -> list[dict[str, Any]]:
    """Return the coverage that the binomial law gives beside that of simulated writers."""
    rng = np.random.default_rng(SEED)
    made = []
    for size in sizes:
        allowed = most_flagged(RATE, CONFIDENCE, size)
        scores = rng.random((draws, size))
        thresholds = -np.partition(-scores, allowed, axis=1)[:, allowed]
        made.append(
            {
                "writers": size,
                "flags_allowed": allowed,
                "coverage": round(1 - float(binom.cdf(allowed, size, RATE)), 4),
                "coverage_simulated": round(float(np.mean(1 - thresholds <= RATE)), 4),
            }
        )
    return made


def contamination(
    genuine: FloatArray, attacks: FloatArray, shares: Sequence[float] = CONTAMINATED
) -> list[dict[str, Any]]:
    """Return what a promise comes to if some calibration writers are not genuine, one session each.

    ``attacks`` that score like attacks raise the threshold: sight is lost, nobody is wronged. The
    worst that a forger can do to people is to score low; then the promised rate is kept only if
    that many writers were called doubtful.
    """
    rng = np.random.default_rng(SEED)
    made = []
    for share in shares:
        bad = round(share * len(genuine))
        attacked, lowered = genuine.copy(), genuine.copy()
        at = rng.choice(len(genuine), bad, replace=False)
        attacked[at], lowered[at] = rng.choice(attacks, bad), 0.0
        names = [str(n) for n in range(len(genuine))]
        plain, low = promise(attacked, names), promise(lowered, names)
        wary = promise(lowered, names, doubtful_writers=bad)
        made.append(
            {
                "share": share,
                "writers": bad,
                "threshold": round(plain.threshold, 4),
                "attacks_found": round(float(np.mean(attacks > plain.threshold)), 4),
                "genuine_flagged_if_they_score_low": _flagged(genuine, low.threshold),
                "genuine_flagged_if_called_doubtful": _flagged(genuine, wary.threshold),
                "confidence_if_called_doubtful": round(wary.confidence, 4),
            }
        )
    return made


def _flagged(scores: FloatArray, threshold: float) -> float:
    return round(float(np.mean(scores > threshold)), 5)


def risk_coverage(
    scores: FloatArray, positive: BoolArray, threshold: float, points: int = 20
) -> list[dict[str, Any]]:
    """Return error against the share answered, if the sessions nearest the threshold abstain first.

    Args:
        scores: of sessions, 0 to 1.
        positive: which are not genuine.
        threshold: what lies above is flagged.
        points: how many shares.

    Returns:
        For each share of sessions that get an answer: the rate of wrong answers, of genuine
        sessions flagged (BPCER) and of others missed (APCER) among those answered; None where
        nobody is left to count.
    """
    sure = np.abs(_logits(scores) - float(_logits(np.array([threshold]))[0]))
    order = np.argsort(-sure, kind="stable")
    wrong = ((scores > threshold) != positive)[order]
    bad = positive[order]
    made = []
    for answered in np.linspace(len(scores) / points, len(scores), points).round().astype(int):
        rows = slice(0, int(answered))
        made.append(
            {
                "answered": round(float(answered) / len(scores), 4),
                "wrong": _mean(wrong[rows]),
                "bpcer": _mean(wrong[rows][~bad[rows]]),
                "apcer": _mean(wrong[rows][bad[rows]]),
            }
        )
    return made


def _logits(scores: FloatArray) -> FloatArray:
    bounded = np.clip(scores, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _mean(values: BoolArray) -> float | None:
    return round(float(np.mean(values)), 5) if len(values) else None


def drift_figures(sessions: Sequence[Watched]) -> dict[str, Any]:
    """Return how often the drift alarm fires on unchanged writers, and how soon on changed ones.

    Args:
        sessions: genuine ones of more writers than `REFERENCE_WRITERS`.
    """
    changes = {
        "unchanged": lambda new: new,
        "holds_not_recorded": lambda new: [_changed(s, "hold_median", np.nan) for s in new],
        "intervals_a_quarter_longer": lambda new: [
            _changed(s, "within_median", s.figures["within_median"] + SLOWER_LOG10) for s in new
        ],
        "only_the_faster_half": _faster_half,
    }
    return {name: _watches(sessions, change) for name, change in changes.items()}


def _watches(
    sessions: Sequence[Watched], change: Callable[[list[Watched]], list[Watched]]
) -> dict[str, Any]:
    rng = np.random.default_rng(SEED)
    fired, delays = 0, []
    for _ in range(WATCHES):
        order = [sessions[i] for i in rng.permutation(len(sessions))]
        reference = make_reference(order[:REFERENCE_WRITERS])
        found = find_drift(reference, change(order[REFERENCE_WRITERS:]))
        fired += found.fired
        delays.append(found.writers if found.fired else np.inf)
    median = float(np.median(delays))
    return {
        "watches": WATCHES,
        "fired": fired / WATCHES,
        "median_writers_until": None if np.isinf(median) else median,
    }


def _changed(session: Watched, name: str, value: float) -> Watched:
    return replace(session, figures={**session.figures, name: value})


def _faster_half(new: list[Watched]) -> list[Watched]:
    middle = float(np.median([s.figures["within_median"] for s in new]))
    return [s for s in new if s.figures["within_median"] < middle]
