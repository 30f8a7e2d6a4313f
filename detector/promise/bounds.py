"""The smallest threshold whose false-flag rate is bounded, whatever the scores' distribution.

Writers are independent of each other; the sessions of one writer are not. Each writer therefore
counts once, by the share of their sessions above the threshold, a number from 0 to 1 whose mean
over writers is the rate that is bounded. The rate cannot grow as the threshold rises, so the
smallest threshold at which the test below rejects "the rate is above ``rate``" keeps the rate with
the test's confidence, without a correction for having looked at many thresholds (risk-controlling
prediction sets: Bates, Angelopoulos, Lei, Malik and Jordan 2021, Journal of the ACM 68, theorem 1;
the same as fixed-sequence testing in Angelopoulos, Bates, Candes, Jordan and Lei 2021, Learn then
Test).

With one session a writer the test is the exact binomial one (Clopper and Pearson 1934; the
threshold is then an order statistic: Wilks 1941). With several it is a bet against the claim:
capital that multiplies by ``1 + bet * (rate - share)`` for each writer grows past ``1 / (1 -
confidence)`` with probability at most ``1 - confidence`` where the claim holds (Markov; Waudby-
Smith and Ramdas 2023, JRSS B 86). The bet is fixed by the number of writers, before any score is
looked at.
"""

import math

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom

from detector.tables import FloatArray, IntArray

BET_KEPT = 1.0 - 1e-6
"""Share of the largest bet ever placed: a lost bet then leaves a little, and its log is finite."""


def writers_needed(rate: float, confidence: float) -> int:
    """Return how many writers without any flag show ``rate`` with ``confidence``: 299 at 1 %."""
    return math.ceil(math.log(1.0 - confidence) / math.log1p(-rate))


def confidence_without_flags(rate: float, writers: int) -> float:
    """Return the confidence that ``writers`` without any flag give: ``1 - (1 - rate)^n``."""
    return -math.expm1(writers * math.log1p(-rate))


def most_flagged(rate: float, confidence: float, writers: int) -> int:
    """Return how many of ``writers`` may be flagged in calibration; -1 if even none is too many.

    The largest k with ``P(Binomial(writers, rate) <= k) <= 1 - confidence``.
    """
    counts = np.arange(writers + 1)
    return int(np.count_nonzero(binom.cdf(counts, writers, rate) <= 1.0 - confidence)) - 1


def least_threshold(
    scores: FloatArray,
    codes: IntArray,
    rate: float,
    confidence: float,
    doubtful_writers: int = 0,
) -> float | None:
    """Return the smallest threshold that keeps the rate; what lies strictly above is flagged.

    Args:
        scores: one for each session, 0 to 1.
        codes: the writer of each session, 0 to the number of writers less one.
        rate: the rate to keep.
        confidence: with which.
        doubtful_writers: how many of the writers may not be genuine, whoever they are and however
            they score: they are taken to be the ones that look best.

    Returns:
        The threshold, or None where the writers are too few for any.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    sessions_of = np.bincount(codes)
    writers = len(sessions_of) - doubtful_writers
    if writers < writers_needed(rate, confidence):
        return None
    if int(sessions_of.max()) == 1:
        flagged = most_flagged(rate, confidence, writers)
    else:
        capital = _log_capital(codes[order], sessions_of, rate, confidence, doubtful_writers)
        flagged = int(np.count_nonzero(capital >= -math.log(1.0 - confidence))) - 1
    return float(ranked[flagged]) if flagged < len(ranked) else 0.0


def _log_capital(
    codes: IntArray, sessions_of: IntArray, rate: float, confidence: float, doubtful: int
) -> FloatArray:
    """Return the log capital when the first 0, 1, 2 ... sessions of the ranking are flagged."""
    bet = _bet(rate, confidence, len(sessions_of) - doubtful)
    total = sessions_of[codes]
    flagged = _times_seen(codes)
    before = np.log1p(bet * (rate - (flagged - 1) / total))
    after = np.log1p(bet * (rate - flagged / total))
    start = (len(sessions_of) - doubtful) * math.log1p(bet * rate)
    return start + np.concatenate([[0.0], np.cumsum(after - before)])


def _times_seen(codes: IntArray) -> IntArray:
    """Return for each entry how often its code has occurred up to there, itself included."""
    order = np.argsort(codes, kind="stable")
    grouped = codes[order]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]])
    seen = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)])) + 1
    placed = np.empty(len(codes), dtype=np.int64)
    placed[order] = seen
    return placed


def _bet(rate: float, confidence: float, writers: int) -> float:
    """Return the bet that tolerates the most flagged writers, if a writer is flagged or is not.

    It is the best one against the share x of flagged writers at which the evidence just suffices:
    ``writers * KL(x, rate) = -log(1 - confidence)``, and then ``(rate - x) / (rate (1 - rate))``.
    """
    needed = -math.log(1.0 - confidence) / writers

    def lacking(share: float) -> float:
        return _divergence(share, rate) - needed

    share = float(brentq(lacking, 0.0, rate)) if lacking(0.0) > 0 else 0.0
    return min((rate - share) / (rate * (1.0 - rate)), BET_KEPT / (1.0 - rate))


def _divergence(share: float, rate: float) -> float:
    """Return the Kullback-Leibler divergence of two yes-or-no distributions."""
    rest = (1.0 - share) * math.log((1.0 - share) / (1.0 - rate))
    return rest + (share * math.log(share / rate) if share > 0 else 0.0)
