import numpy as np
import pytest

from detector.features.inputlog import INPUTLOG_NAMES
from detector.features.vector import FEATURE_NAMES
from detector.model import load_model
from detector.training.controls import calibration, copying_controls
from detector.training.examples import Examples, Kind
from detector.training.fit import Aggregates

EFFECT = 3.0


def _examples(rng: np.random.Generator, count: int, effect: float = EFFECT) -> Examples:
    """Stretches of 1,600 keys whose every figure moves with copying."""
    copied = np.arange(count) % 2 == 1
    inputlog = rng.normal(0, 1, (count, len(INPUTLOG_NAMES))) + effect * copied[:, None]
    inputlog[:, INPUTLOG_NAMES.index("keys_log")] = 3.2
    return Examples(
        features=rng.normal(0, 1, (count, len(FEATURE_NAMES))),
        inputlog=inputlog,
        window=np.zeros((count, 1)),
        kind=np.where(copied, int(Kind.TRANSCRIPTION), int(Kind.COMPOSITION)),
        family=np.where(copied, "retyped", "genuine"),
        writer=np.array([f"w{n // 2}" for n in range(count)]),
        weight=np.ones(count),
    )


def _aggregates(rng: np.random.Generator, count: int, shift: float = 0.0) -> Aggregates:
    made = _examples(rng, count)
    return Aggregates(made.inputlog + shift, made.kind == Kind.TRANSCRIPTION, np.arange(count) // 2)


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, object]]:
    rng = np.random.default_rng(3)
    made = copying_controls(
        load_model(), _examples(rng, 80), _examples(rng, 240), _aggregates(rng, 160, shift=1.0)
    )
    return {name: value for name, value in made.items() if isinstance(value, dict)}


def test_an_act_that_both_sides_share_carries_over_both_ways(
    figures: dict[str, dict[str, object]],
) -> None:
    for way in ("simulated_to_real", "real_to_simulated"):
        linear = figures[way]["linear"]
        assert isinstance(linear, dict)
        assert linear["auc"]["value"] > 0.95


def test_shuffled_labels_leave_nothing(figures: dict[str, dict[str, object]]) -> None:
    value = figures["corpus_shuffle"]["labels_shuffled_mean_auc"]
    assert isinstance(value, float)
    assert abs(value - 0.5) < 0.25


def test_the_identity_probe_sees_that_the_corpora_are_unlike(
    figures: dict[str, dict[str, object]],
) -> None:
    value = figures["corpus_identity"]["genuine"]
    assert isinstance(value, float)
    assert value > 0.8


def test_too_few_whole_sessions_give_no_figure_and_no_error() -> None:
    rng = np.random.default_rng(5)
    short = _examples(rng, 20)
    short.inputlog[:, INPUTLOG_NAMES.index("keys_log")] = 2.2
    made = copying_controls(load_model(), _examples(rng, 40), short, _aggregates(rng, 40))
    assert set(made) == {"skipped"}


def test_calibration_is_given_at_two_prevalences() -> None:
    rng = np.random.default_rng(6)
    made = calibration(load_model(), _examples(rng, 60))
    assert made["writers"] == 30
    assert {"at_assumed_prevalence", "at_even_odds"} < set(made)
