import numpy as np
import pytest

from detector.promise import Watched
from detector.promise.drift import MONITORED
from detector.training.promises import (
    closed_form,
    contamination,
    drift_figures,
    promise_coverage,
)


def test_promises_hold_on_writers_not_calibrated_on(rng: np.random.Generator) -> None:
    sessions_of = rng.integers(1, 4, 700)
    writers = np.repeat(np.arange(700), sessions_of).astype(str).tolist()
    few, enough = promise_coverage(rng.random(len(writers)), writers, (100, 299, 700), splits=150)
    assert few["stated_confidence"] == pytest.approx(1 - 0.99**100, abs=1e-4)
    assert enough["stated_confidence"] == 0.95
    assert enough["kept"] >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 150)
    assert enough["held_out_writers"] == 401
    assert enough["held_out_rate_mean"] < 0.01


def test_held_out_writers_are_kept_as_often_as_the_closed_form_says(
    rng: np.random.Generator,
) -> None:
    writers = [str(n) for n in range(900)]
    (row,) = promise_coverage(rng.random(900), writers, (299,), splits=300)
    assert row["held_out_kept"] == pytest.approx(row["held_out_kept_closed_form"], abs=0.05)


def test_simulation_and_closed_form_agree() -> None:
    for row in closed_form((299, 500), draws=1500):
        assert row["coverage"] == pytest.approx(row["coverage_simulated"], abs=0.02)


def test_contamination_costs_sight_and_wrongs_nobody_who_is_doubted(
    rng: np.random.Generator,
) -> None:
    clean, *_, worst = contamination(rng.random(1000) * 0.9, rng.uniform(0.8, 1.0, 300))
    assert worst["threshold"] > clean["threshold"]
    assert worst["attacks_found"] < clean["attacks_found"]
    lost = clean["confidence_if_they_score_lowest"] - worst["confidence_if_they_score_lowest"]
    assert 0.005 < lost < 0.02
    assert worst["confidence_if_called_doubtful"] >= 0.95


def test_drift_figures_tell_changed_writers_from_unchanged(rng: np.random.Generator) -> None:
    rows = rng.normal(2.0, 0.3, (420, len(MONITORED))).tolist()
    figures = [dict(zip(MONITORED, row, strict=True)) for row in rows]
    made = drift_figures([Watched(str(n), f) for n, f in enumerate(figures)], watches=8)
    assert made["unchanged"]["fired"] == 0.0
    assert made["unchanged"]["median_writers_until"] is None
    assert made["holds_not_recorded"]["fired"] == 1.0
    assert made["only_the_faster_half"]["median_writers_until"] < 60
