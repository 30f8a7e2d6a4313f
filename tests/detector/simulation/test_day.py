import numpy as np

from detector.features.stream import text_stream
from detector.integrity import find_integrity
from detector.simulation.day import working_day


def test_a_day_has_so_many_keys_in_order_and_nothing_repeats(rng: np.random.Generator) -> None:
    day = working_day(rng, 14_000)
    assert len(day) == 14_000
    assert np.all(np.diff(day.t_us) >= 0)
    assert np.all(day.cursor == -1)
    assert find_integrity(text_stream(day), None, frozenset()).repeated_keys == 0
