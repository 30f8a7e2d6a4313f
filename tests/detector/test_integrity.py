import numpy as np

from detector.features.stream import text_stream
from detector.integrity import REPLAY_KEYS, find_integrity, repeated_keys
from detector.simulation import composing
from detector.tables import InputOrigin, int_column, keystrokes
from wire.codes import Mode


def test_a_stretch_replayed_within_the_session_is_found(rng: np.random.Generator) -> None:
    table = composing(rng, characters=700).keystrokes
    length = 200
    gaps = np.diff(table.t_us)
    replayed = np.r_[gaps, 1_000_000, gaps[:length]]
    keys = np.r_[table.key, table.key[: length + 1]]
    again = keystrokes(np.cumsum(np.r_[0, replayed]), keys)
    assert repeated_keys(text_stream(table)) == 0
    assert repeated_keys(text_stream(again)) >= length / 3


def test_a_steady_rhythm_is_no_replay() -> None:
    assert repeated_keys(text_stream(keystrokes(np.arange(500) * 120_000, [0] * 500))) == 0


def test_a_few_keystrokes_are_never_a_replay() -> None:
    count = REPLAY_KEYS
    assert repeated_keys(text_stream(keystrokes(np.arange(count) * 120_000, [0] * count))) == 0


def test_declared_aids_excuse_injected_input(rng: np.random.Generator) -> None:
    stream = text_stream(composing(rng, characters=200).keystrokes)
    origin = InputOrigin(int_column([1] * 10), int_column([1] * 10))
    assert find_integrity(stream, origin, frozenset()).log_odds > 0
    for mode in (Mode.REMAPPER, Mode.IME, Mode.SWITCH_DEVICE):
        assert find_integrity(stream, origin, frozenset({mode})).log_odds == 0


def test_unknown_origin_says_nothing(rng: np.random.Generator) -> None:
    stream = text_stream(composing(rng, characters=200).keystrokes)
    assert find_integrity(stream, None, frozenset()).log_odds == 0
