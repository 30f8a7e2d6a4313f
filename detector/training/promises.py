"""Figures on promises: whether they hold on writers not calibrated on, and what they cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import gammaln
from scipy.stats import binom

from detector.promise import Watched, WhenFew, find_drift, make_reference, promise
from detector.promise.bounds import most_flagged
from detector.promise.sessions import CONFIDENCE, RATE, threshold_or_less
from detector.tables import FloatArray, IntArray

SIZES = (50, 100, 299, 500)
SPLITS = 1000
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
    table = _Table.of(scores, writers)
    rng = np.random.default_rng(SEED)
    return [_coverage(rng, table, size, splits) for size in sizes if size < table.writers]


@dataclass(frozen=True, slots=True)
class _Table:
    """Scores by writer: those of writer i are ``scores[starts[i]:starts[i] + counts[i]]``."""

    scores: FloatArray
    starts: IntArray
    counts: IntArray

    @classmethod
    def of(cls, scores: FloatArray, writers: Sequence[str]) -> "_Table":
        codes = np.unique(np.asarray(writers, dtype=np.str_), return_inverse=True)[1]
        counts = np.bincount(codes).astype(np.int64)
        ordered = np.asarray(scores)[np.argsort(codes, kind="stable")]
        return cls(ordered, np.cumsum(counts) - counts, counts)

    @property
    def writers(self) -> int:
        return len(self.counts)

    def of_writers(self, chosen: IntArray) -> tuple[FloatArray, IntArray]:
        """Return scores and new numbers of the chosen writers; one chosen twice is two."""
        counts = self.counts[chosen]
        codes = np.repeat(np.arange(len(chosen)), counts)
        within = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.scores[np.repeat(self.starts[chosen], counts) + within], codes

    def threshold(self, chosen: IntArray) -> tuple[float, float]:
        """Return the threshold that the chosen writers lead to, and its confidence."""
        scores, codes = self.of_writers(chosen)
        few = WhenFew.LESS_SURE
        return threshold_or_less(scores, codes, RATE, CONFIDENCE, when_few=few, doubtful_writers=0)

    def rate(self, chosen: IntArray, threshold: float) -> float:
        """Return the rate of flags, each chosen writer counted alike."""
        scores, codes = self.of_writers(chosen)
        flagged = np.bincount(codes, scores > threshold, len(chosen))
        return float(np.mean(flagged / self.counts[chosen]))


def _coverage(rng: np.random.Generator, table: _Table, size: int, splits: int) -> dict[str, Any]:
    everyone = np.arange(table.writers)
    true, held, thresholds, sure = [], [], [], 0.0
    for _ in range(splits):
        threshold, sure = table.threshold(rng.integers(0, table.writers, size))
        thresholds.append(threshold)
        true.append(table.rate(everyone, threshold))
        order = rng.permutation(table.writers)
        held.append(table.rate(order[size:], table.threshold(order[:size])[0]))
    return {
        "writers": size,
        "promised_rate": RATE,
        "stated_confidence": round(sure, 4),
        "kept": round(float(np.mean(np.array(true) <= RATE)), 4),
        "true_rate_mean": round(float(np.mean(true)), 5),
        "true_rate_p95": round(float(np.quantile(true, 0.95)), 5),
        "held_out_writers": table.writers - size,
        "held_out_rate_mean": round(float(np.mean(held)), 5),
        "held_out_kept": round(float(np.mean(np.array(held) <= RATE)), 4),
        "held_out_kept_closed_form": round(_held_out_kept(size, table.writers), 4),
        "threshold_median": round(float(np.median(thresholds)), 4),
    }


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
    worst that forgers can do to people is to score lowest; the confidence is then that of the
    genuine writers alone with as many flags, unless that many writers were called doubtful.
    """
    rng = np.random.default_rng(SEED)
    count = len(genuine)
    names = [str(n) for n in range(count)]
    made = []
    for share in shares:
        bad = round(share * count)
        attacked = genuine.copy()
        attacked[rng.choice(count, bad, replace=False)] = rng.choice(attacks, bad)
        threshold = promise(attacked, names).threshold
        made.append(
            {
                "share": share,
                "writers": bad,
                "threshold": round(threshold, 4),
                "attacks_found": round(float(np.mean(attacks > threshold)), 4),
                "confidence_if_they_score_lowest": _confidence(count, bad, 0),
                "confidence_if_called_doubtful": _confidence(count, bad, bad),
            }
        )
    return made


def _confidence(writers: int, bad: int, doubtful: int) -> float:
    """Return the confidence really had if the bad ones score lowest, by the binomial law."""
    allowed = max(most_flagged(RATE, CONFIDENCE, writers - doubtful), 0)
    return round(1.0 - float(binom.cdf(allowed, writers - bad, RATE)), 4)


def drift_figures(sessions: Sequence[Watched], watches: int = WATCHES) -> dict[str, Any]:
    """Return how often the drift alarm fires on unchanged writers, and how soon on changed ones.

    Args:
        sessions: genuine ones of more writers than `REFERENCE_WRITERS`.
        watches: how many draws of writers each.
    """
    changes = {
        "unchanged": lambda new: new,
        "holds_not_recorded": lambda new: [_changed(s, "hold_median", np.nan) for s in new],
        "intervals_a_quarter_longer": lambda new: [
            _changed(s, "within_median", s.figures["within_median"] + SLOWER_LOG10) for s in new
        ],
        "only_the_faster_half": _faster_half,
    }
    return {name: _watches(sessions, change, watches) for name, change in changes.items()}


def _watches(
    sessions: Sequence[Watched], change: Callable[[list[Watched]], list[Watched]], watches: int
) -> dict[str, Any]:
    rng = np.random.default_rng(SEED)
    fired, delays = 0, []
    for _ in range(watches):
        order = [sessions[i] for i in rng.permutation(len(sessions))]
        reference = make_reference(order[:REFERENCE_WRITERS])
        found = find_drift(reference, change(order[REFERENCE_WRITERS:]))
        fired += found.fired
        delays.append(found.writers if found.fired else np.inf)
    median = float(np.median(delays))
    return {
        "watches": watches,
        "fired": fired / watches,
        "median_writers_until": None if np.isinf(median) else median,
    }


def _changed(session: Watched, name: str, value: float) -> Watched:
    return replace(session, figures={**session.figures, name: value})


def _faster_half(new: list[Watched]) -> list[Watched]:
    middle = float(np.median([s.figures["within_median"] for s in new]))
    return [s for s in new if s.figures["within_median"] < middle]
