"""Facts of hands: each is there in simulated people, and goes when its bond is broken."""

import numpy as np
import pytest

from detector.features.hands import HAND_NAMES
from detector.features.repairs import REPAIR_NAMES
from detector.features.serial import SERIAL_NAMES
from detector.features.stream import SAMPLE_KEYS, text_stream
from detector.features.vector import FEATURE_NAMES, feature_vector
from detector.simulation import composing
from detector.tables import Keystrokes, keystrokes
from detector.training.broken_hands import broken_hands
from wire.keys import KeyClass


def _values(table: Keystrokes) -> dict[str, float]:
    return dict(zip(FEATURE_NAMES, feature_vector(table).tolist(), strict=True))


@pytest.fixture(scope="module")
def person() -> Keystrokes:
    return composing(np.random.default_rng(11), characters=2_500).keystrokes


def test_intervals_drawn_one_by_one_lose_their_tempo_and_their_words(person: Keystrokes) -> None:
    rng = np.random.default_rng(1)
    kept = _values(person)
    broken = _values(broken_hands(rng, person, "shuffled_by_context", "with_interval"))
    assert kept["tempo_16"] > broken["tempo_16"] + 0.05
    assert kept["long_word_excess"] > broken["long_word_excess"] + 0.02
    assert kept["within_median"] == pytest.approx(broken["within_median"], abs=0.01)


def test_holds_drawn_apart_come_up_in_the_wrong_order(person: Keystrokes) -> None:
    rng = np.random.default_rng(2)
    kept = _values(person)
    broken = _values(broken_hands(rng, person, "kept", "moved_along"))
    assert kept["release_inversion_bond"] < broken["release_inversion_bond"] - 0.05
    assert kept["hold_median"] == pytest.approx(broken["hold_median"], abs=0.01)


def test_a_shorter_hold_than_the_interval_is_no_rollover() -> None:
    count = 400
    times = np.cumsum(np.random.default_rng(3).integers(90_000, 200_000, count))
    value = _values(keystrokes(times, [KeyClass.LETTER] * count, [50_000] * count))
    assert value["rollover_fast_share"] == 0.0
    assert value["release_inversion_share"] == 0.0


def test_without_releases_hands_are_missing_and_rhythm_is_not(person: Keystrokes) -> None:
    value = _values(keystrokes(person.t_us, person.key))
    assert all(np.isnan(value[name]) for name in HAND_NAMES)
    assert not np.isnan(value["tempo_16"])


def test_a_session_without_repairs_has_no_figures_of_repairs() -> None:
    times = np.cumsum(np.random.default_rng(4).integers(80_000, 300_000, 600))
    keys = np.where(np.arange(600) % 6 == 5, KeyClass.SPACE, KeyClass.LETTER)
    value = _values(keystrokes(times, keys))
    assert all(np.isnan(value[name]) for name in REPAIR_NAMES)
    assert not all(np.isnan(value[name]) for name in SERIAL_NAMES)


def test_a_long_session_is_sampled_in_blocks_over_its_whole_length() -> None:
    times = np.arange(3 * SAMPLE_KEYS) * 100_000
    stream = text_stream(keystrokes(times, [KeyClass.LETTER] * len(times)))
    sample = stream.sample()
    assert len(sample) == SAMPLE_KEYS
    assert sample.t_us[0] == times[0]
    assert sample.t_us[-1] == times[-1]
