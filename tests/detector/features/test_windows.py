import numpy as np
import pytest

from detector.features.rhythm import HOLD_NAMES, hold_features
from detector.features.stream import text_stream
from detector.features.windows import WINDOW_KEYS, WINDOW_NAMES, window_edges, window_vectors
from detector.simulation import composing, robot_a4
from detector.tables import MISSING, keystrokes


@pytest.mark.parametrize(
    ("count", "edges"),
    [
        (0, []),
        (WINDOW_KEYS - 1, []),
        (WINDOW_KEYS, [(0, 500)]),
        (1_000, [(0, 500), (500, 1_000)]),
        (1_120, [(0, 500), (500, 1_000), (620, 1_120)]),
    ],
)
def test_windows_cover_the_stream_and_the_last_one_reaches_back(
    count: int, edges: list[tuple[int, int]]
) -> None:
    assert window_edges(count) == edges


def test_each_window_is_measured_as_if_it_were_alone(rng: np.random.Generator) -> None:
    stream = text_stream(composing(rng, characters=1_600).keystrokes)
    together = window_vectors(stream)
    for row, (start, stop) in zip(together, window_edges(len(stream)), strict=True):
        assert np.allclose(row, window_vectors(stream.part(start, stop))[0], equal_nan=True)


def test_hold_figures_agree_with_those_of_the_whole_vector(rng: np.random.Generator) -> None:
    stream = text_stream(composing(rng, characters=1_200).keystrokes).part(0, WINDOW_KEYS)
    window = dict(zip(WINDOW_NAMES, window_vectors(stream)[0], strict=True))
    whole = dict(zip(HOLD_NAMES, hold_features(stream), strict=True))
    assert abs(window["rollover_share"] - whole["rollover_share"]) < 0.03
    assert abs(window["hold_spread"] - whole["hold_spread"]) < 0.01


def test_a_machine_stands_out_in_its_own_windows(rng: np.random.Generator) -> None:
    person = window_vectors(text_stream(composing(rng, characters=1_200).keystrokes))
    machine = window_vectors(text_stream(robot_a4(rng, "aaaa aaa. " * 120).keystrokes))
    kurtosis = WINDOW_NAMES.index("interval_kurtosis")
    assert machine[:, kurtosis].max() < person[:, kurtosis].min()


def test_what_was_not_recorded_is_missing_and_warns_nobody() -> None:
    nothing = keystrokes(np.arange(600) * 100_000, np.zeros(600, int))
    window = dict(zip(WINDOW_NAMES, window_vectors(text_stream(nothing))[0], strict=True))
    assert nothing.hold_us[0] == MISSING
    assert all(np.isnan(window[name]) for name in WINDOW_NAMES[-5:])
    assert np.isnan(window["before_sentence_excess"])
    assert window["within_spread"] == pytest.approx(0.0, abs=1e-3)
