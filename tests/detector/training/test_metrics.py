import numpy as np
import pytest

from detector.training.metrics import area, auc, calibration_error, missed_at, rate


def test_area_counts_ties_half() -> None:
    scores = np.array([0.1, 0.5, 0.5, 0.9])
    positive = np.array([False, False, True, True])
    assert auc(scores, positive) == pytest.approx(0.875)


def test_one_class_has_no_area() -> None:
    assert np.isnan(auc(np.array([0.1, 0.2]), np.array([True, True])))


def test_no_event_among_299_writers_bounds_the_rate_at_one_percent() -> None:
    estimate = rate(np.zeros(299, dtype=np.bool_), np.arange(299))
    assert estimate.value == 0.0
    assert estimate.high == pytest.approx(0.01, abs=1e-4)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(40):
        events = rng.random(200) < 0.2
        estimate = rate(events, np.arange(200))
        covered += estimate.low <= 0.2 <= estimate.high
    assert covered >= 34


def test_sessions_of_one_writer_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(2)
    person = rng.random(20) < 0.5
    once = rate(person, np.arange(20))
    repeated = rate(np.repeat(person, 30), np.repeat(np.arange(20), 30))
    assert repeated.high - repeated.low == pytest.approx(once.high - once.low, rel=0.3)


def test_area_with_an_interval_holds_its_value() -> None:
    rng = np.random.default_rng(3)
    positive = rng.random(100) < 0.5
    estimate = area(rng.normal(positive, 1.0), positive, np.arange(100))
    assert estimate.low <= estimate.value <= estimate.high


def test_missed_at_uses_the_genuine_to_set_the_threshold() -> None:
    scores = np.r_[np.linspace(0, 1, 101), [0.5, 2.0]]
    positive = np.r_[np.zeros(101, dtype=np.bool_), [True, True]]
    assert missed_at(scores, positive, 0.01) == 0.5


def test_a_calibrated_score_has_no_calibration_error() -> None:
    scores = np.repeat([0.25, 0.75], 400)
    positive = np.r_[np.arange(400) < 100, np.arange(400) < 300]
    assert calibration_error(scores, positive) == pytest.approx(0.0)
