import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.features.inputlog import INPUTLOG_NAMES, inputlog_features
from detector.features.rhythm import HOLD_NAMES
from detector.features.stream import text_stream
from detector.features.vector import FEATURE_NAMES, feature_vector
from detector.simulation import composing, transcribing
from detector.tables import keystrokes
from wire.keys import KeyClass


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**10),
            st.sampled_from(list(KeyClass)),
            st.integers(-1, 10**8),
        ),
        max_size=300,
    )
)
def test_any_table_gives_a_vector_without_a_warning(rows: list[tuple[int, int, int]]) -> None:
    times = np.cumsum(np.array([row[0] for row in rows], dtype=np.int64))
    if len(rows) and times[-1] > 20 * 24 * 3600 * 10**6:
        times = np.arange(len(rows))
    table = keystrokes(times, [row[1] for row in rows], [row[2] for row in rows])
    vector = feature_vector(table)
    assert vector.shape == (len(FEATURE_NAMES),)
    assert not np.any(np.isinf(vector))
    assert inputlog_features(text_stream(table)).shape == (len(INPUTLOG_NAMES),)


def test_perfectly_even_typing_gives_a_vector_without_a_warning() -> None:
    for gap in (0, 100_000):
        key = [KeyClass.SPACE if n % 6 == 5 else KeyClass.LETTER for n in range(400)]
        vector = feature_vector(keystrokes(np.arange(400) * gap, key, np.full(400, 80_000)))
        assert not np.any(np.isinf(vector))


def test_what_was_not_recorded_is_missing_and_not_zero(rng: np.random.Generator) -> None:
    table = composing(rng, characters=600).keystrokes
    bare = keystrokes(table.t_us, table.key)
    vector = dict(zip(FEATURE_NAMES, feature_vector(bare), strict=True))
    assert all(np.isnan(vector[name]) for name in HOLD_NAMES)
    assert not np.isnan(vector["within_median"])


def test_composing_pauses_longer_before_sentences_than_copying(rng: np.random.Generator) -> None:
    at = FEATURE_NAMES.index("before_sentence_excess")
    composed = [feature_vector(composing(rng, characters=900).keystrokes)[at] for _ in range(5)]
    copied = [feature_vector(transcribing(rng, characters=900).keystrokes)[at] for _ in range(5)]
    assert np.mean(composed) > np.mean(copied) + 0.15


def test_features_of_speed_move_with_speed_and_ratios_do_not(rng: np.random.Generator) -> None:
    table = composing(rng, characters=900).keystrokes
    fast = feature_vector(table)
    slow = feature_vector(keystrokes(table.t_us * 2, table.key, table.hold_us * 2))
    value = dict(zip(FEATURE_NAMES, slow - fast, strict=True))
    assert abs(value["within_median"] - np.log10(2)) < 0.01
    assert abs(value["before_word_excess"]) < 0.02
