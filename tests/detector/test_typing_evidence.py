from dataclasses import replace

import numpy as np

from detector.features.stream import text_stream
from detector.features.vector import FEATURE_NAMES
from detector.features.windows import WINDOW_NAMES, window_edges
from detector.model import Scores, load_model
from detector.models.screen import Screen, screen_from_state
from detector.simulation import composing
from detector.typing_evidence import PART_KEYS, Measured, Stretch, judge, measure

BLANK = np.full(len(FEATURE_NAMES), np.nan)


def _screen(weight_of: str, look_at: float) -> Screen:
    weights = np.array([1.0 if name == weight_of else 0.0 for name in WINDOW_NAMES])
    zeros, ones = np.zeros(len(WINDOW_NAMES)), np.ones(len(WINDOW_NAMES))
    return Screen(zeros, ones, weights, 0.0, look_at)


def test_a_screen_picks_the_worst_windows_past_its_mark_and_survives_storage() -> None:
    windows = np.zeros((5, len(WINDOW_NAMES)))
    windows[:, WINDOW_NAMES.index("lag1_correlation")] = (0.1, 0.9, np.nan, 0.5, 0.7)
    screen = screen_from_state(_screen("lag1_correlation", 0.4).to_state())
    assert screen.picked(windows, 2) == [1, 4]
    assert screen.picked(windows, 9) == [1, 4, 3]


def test_windows_that_a_screen_picks_are_measured_besides_the_whole(
    rng: np.random.Generator,
) -> None:
    stream = text_stream(composing(rng, characters=1_500).keystrokes)
    model = replace(load_model(), screens={"synthetic": _screen("rollover_share", -9.0)})
    measured = measure(stream, model)
    assert measured.windows == len(window_edges(len(stream)))
    assert (measured.stretches[0].start, measured.stretches[0].stop) == (0, len(stream))
    assert {(s.start, s.stop) for s in measured.stretches[1:]} <= set(window_edges(len(stream)))
    assert len(measured.picked) == 2
    assert measure(stream, replace(model, screens={})).picked == ()


def test_one_window_among_many_counts_less_than_a_whole_session() -> None:
    measured = Measured(
        (Stretch(0, 2_000, BLANK, BLANK),), (Stretch(500, 1_000, BLANK, BLANK),), windows=10
    )
    quiet = np.full(2, 0.01)
    scores = Scores(np.array([0.01, 0.9]), quiet, quiet)
    found = judge(measured, scores, load_model())
    odds = found.synthetic / (1 - found.synthetic)
    assert np.isclose(odds, 9.0 / 10)
    assert [(str(kind), a, b) for kind, a, b in found.worst] == [("synthetic", 500, 1_000)]
    assert np.isclose(found.transcription, 0.01)


def test_a_long_session_is_judged_by_the_mean_of_parts_as_long_as_what_was_learnt_from(
    rng: np.random.Generator,
) -> None:
    stream = text_stream(composing(rng, characters=4_000).keystrokes)
    measured = measure(stream, replace(load_model(), screens={}))
    assert [part.stop - part.start for part in measured.parts] == [PART_KEYS] * 3
    assert measured.parts[0].start == 0
    assert measured.parts[-1].stop == len(stream)
    odds = np.array([0.5, 2.0, 4.0])
    found = judge(measured, Scores(odds / (1 + odds), np.full(3, 0.1), np.zeros(3)), load_model())
    assert np.isclose(found.synthetic / (1 - found.synthetic), 4.0 ** (1 / 3))
    assert found.worst == ()
    shares = [part.features[FEATURE_NAMES.index("erase_share")] for part in measured.parts]
    assert np.isclose(found.features[FEATURE_NAMES.index("erase_share")], np.mean(shares))
