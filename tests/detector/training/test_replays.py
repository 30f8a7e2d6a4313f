"""Figures about replays, on simulated writers."""

import json

import numpy as np
import pytest

from detector.simulation import composing
from detector.training.examples import Essay
from detector.training.replays import (
    expected_false_matches,
    forgeries,
    replay_figures,
    upper_bound,
)


@pytest.fixture(scope="module")
def figures() -> dict[str, object]:
    rng = np.random.default_rng(31)
    sessions = [composing(rng, characters=900) for _ in range(7)]
    essays = [Essay(f"w{n}", s.keystrokes, s.text_class) for n, s in enumerate(sessions)]
    return replay_figures(essays[:2], essays[2:])


def test_figures_hold_every_kind_of_replay(figures: dict[str, object]) -> None:
    found = json.loads(json.dumps(figures))["found"]
    assert found.keys() == forgeries().keys()
    assert found["replay"]["value"] == found["block_replay_typos"]["value"] == 1.0
    assert all(kind["others"] == 0 for kind in found.values())


def test_figures_count_the_pairs_of_different_writers(figures: dict[str, object]) -> None:
    false = json.loads(json.dumps(figures))["false_matches"]
    assert (false["pairs"], false["false_matches"]) == (7 * 6, 0)
    assert false["sessions_said_to_repeat_themselves"] == 0
    assert 0.0 < false["false_match_rate_upper_95"] < 0.1


def test_bounds_follow_the_closed_form() -> None:
    assert upper_bound(0, 100) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert upper_bound(0, 0) == upper_bound(5, 5) == 1.0
    assert expected_false_matches(0, 122_341, 6_347_880) < 1e-3
    assert expected_false_matches(0, 10, 1_000) > 1.0
