import numpy as np
import pytest
from scipy.stats import beta, binom

from detector.promise.bounds import (
    confidence_without_flags,
    least_threshold,
    most_flagged,
    writers_needed,
)
from detector.tables import IntArray
from tests.detector.promise.populations import draw

DRAWS = 200
RATE = 0.05
"""Larger than what is promised, so that fewer writers show as much."""


def coverage(rng: np.random.Generator, sessions_of: IntArray, correlation: float) -> float:
    """How often the threshold found keeps the rate, which is known: scores are uniform."""
    kept = 0
    for _ in range(DRAWS):
        threshold = least_threshold(*draw(rng, sessions_of, correlation), RATE, 0.95)
        assert threshold is not None
        kept += 1.0 - threshold <= RATE
    return kept / DRAWS


def test_299_writers_without_a_flag_show_one_per_cent_with_95() -> None:
    assert writers_needed(0.01, 0.95) == 299
    assert confidence_without_flags(0.01, 299) > 0.95 > confidence_without_flags(0.01, 298)
    assert confidence_without_flags(0.01, 100) == pytest.approx(1 - 0.99**100)


@pytest.mark.parametrize("writers", [299, 473, 1000, 5000])
def test_flags_allowed_are_clopper_pearsons(writers: int) -> None:
    allowed = most_flagged(0.01, 0.95, writers)
    upper = beta.ppf(
        0.95, np.array([allowed, allowed + 1]) + 1, writers - np.array([0, 1]) - allowed
    )
    assert upper[0] <= 0.01 < upper[1]


@pytest.mark.parametrize("writers", [299, 1000])
def test_one_session_a_writer_is_covered_as_the_closed_form_says(
    rng: np.random.Generator, writers: int
) -> None:
    scores = rng.random((4000, writers))
    allowed = most_flagged(0.01, 0.95, writers)
    thresholds = -np.partition(-scores, allowed, axis=1)[:, allowed]
    assert least_threshold(scores[0], np.arange(writers), 0.01, 0.95) == thresholds[0]
    expected = 1 - binom.cdf(allowed, writers, 0.01)
    assert np.mean(1 - thresholds <= 0.01) == pytest.approx(expected, abs=0.012)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95])
def test_coverage_holds_with_correlated_sessions_of_unequal_number(
    rng: np.random.Generator, correlation: float
) -> None:
    sessions_of = np.minimum(rng.geometric(0.1, 150), 60)
    assert coverage(rng, sessions_of, correlation) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / DRAWS)


def test_sessions_that_are_one_session_over_again_count_once(rng: np.random.Generator) -> None:
    scores = rng.random(400)
    once = least_threshold(scores, np.arange(400), RATE, 0.95)
    many = least_threshold(np.repeat(scores, 7), np.repeat(np.arange(400), 7), RATE, 0.95)
    assert once is not None
    assert many is not None
    assert many >= once
    above = [np.count_nonzero(scores > threshold) for threshold in (once, many)]
    assert above[0] - above[1] <= 3


def test_many_sessions_of_a_writer_let_more_be_seen_than_their_largest(
    rng: np.random.Generator,
) -> None:
    scores, codes = draw(rng, np.full(400, 30), 0.2)
    shares = least_threshold(scores, codes, 0.01, 0.95)
    largest = scores.reshape(400, 30).max(axis=1)
    maxima = least_threshold(largest, np.arange(400), 0.01, 0.95)
    assert shares is not None
    assert maxima is not None
    assert shares < maxima


def test_too_few_writers_have_no_threshold(rng: np.random.Generator) -> None:
    assert least_threshold(rng.random(298), np.arange(298), 0.01, 0.95) is None
    assert least_threshold(rng.random(299), np.arange(299), 0.01, 0.95) is not None
    assert least_threshold(rng.random(299), np.arange(299), 0.01, 0.95, 1) is None


@pytest.mark.parametrize("sessions", [1, 5])
def test_doubtful_writers_cannot_break_it(rng: np.random.Generator, sessions: int) -> None:
    """Two in a hundred are forgers who score lower than anyone, to pull the threshold down."""
    poisoned, trusting, wary = 8, 0, 0
    for _ in range(DRAWS):
        scores, codes = draw(rng, np.full(400, sessions), 0.5)
        scores[codes < poisoned] = 0.0
        trusted = least_threshold(scores, codes, 0.02, 0.95)
        doubted = least_threshold(scores, codes, 0.02, 0.95, poisoned)
        assert trusted is not None
        assert doubted is not None
        assert doubted >= trusted
        trusting += 1 - trusted <= 0.02
        wary += 1 - doubted <= 0.02
    assert wary / DRAWS >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / DRAWS)
    assert wary >= trusting


def test_ties_at_the_threshold_are_not_flagged() -> None:
    scores = np.r_[np.full(20, 0.9), np.zeros(980)]
    assert least_threshold(scores, np.arange(1000), 0.01, 0.95) == 0.9
    assert least_threshold(np.zeros(1000), np.arange(1000), 0.01, 0.95) == 0.0
