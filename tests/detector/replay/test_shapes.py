"""Rhythm shapes: what they keep and what they leave out."""

import numpy as np

from detector.features.stream import TextStream
from detector.replay import shapes
from detector.replay.shapes import probed_codes, read_shapes, stored_shapes


def test_tempo_changes_no_shape(streams: list[TextStream]) -> None:
    intervals = np.maximum(streams[0].interval_us[1:], 40_000)
    plain, faster = read_shapes(intervals), read_shapes(intervals * 2)
    assert len(plain) > 50
    assert np.mean(plain.code == faster.code) > 0.99


def test_a_long_pause_has_the_same_shape_whatever_its_length(streams: list[TextStream]) -> None:
    intervals = streams[0].interval_us[1:].copy()
    shape = read_shapes(intervals)
    long = np.flatnonzero(intervals > 2_000_000)
    intervals[long] *= 5
    assert np.mean(shape.code == read_shapes(intervals).code) > 0.8


def test_stored_shapes_are_sparse_and_tell_much(streams: list[TextStream]) -> None:
    stream = streams[1]
    shape = read_shapes(stream.interval_us[1:])
    chosen = stored_shapes(shape, len(stream))
    assert 0 < len(chosen) <= len(stream) // shapes.SPACING_KEYS + 1
    assert np.all(shape.bits[chosen] >= shapes.LEAST_BITS)


def test_a_session_of_any_length_stores_a_bounded_number(streams: list[TextStream]) -> None:
    day = np.concatenate([s.interval_us[1:] for s in streams] * 25)
    stored = stored_shapes(read_shapes(day), len(day))
    fewer = stored_shapes(read_shapes(day), len(day) * 20)
    assert len(stored) > 5_000
    assert len(fewer) <= shapes.MOST_SHAPES / 19


def test_held_keys_and_even_beats_are_not_stored() -> None:
    held = np.tile(np.r_[500_000, np.full(30, 33_000)], 40)
    in_turn = np.tile([25_000, 8_000], 500)
    for intervals in (held, in_turn, np.full(900, 120_000)):
        assert not len(stored_shapes(read_shapes(intervals), len(intervals)))


def test_probes_hold_the_shape_itself_and_its_neighbours(streams: list[TextStream]) -> None:
    shape = read_shapes(streams[2].interval_us[1:])
    telling = np.flatnonzero(shape.bits >= shapes.LEAST_BITS + 1)
    codes, starts = probed_codes(shape)
    for row in telling[:20].tolist():
        mine = codes[starts == shape.start[row]]
        assert shape.code[row] in mine
        assert 1 < len(mine) <= 2**shapes.PROBED_STEPS


def test_too_few_keys_have_no_shape() -> None:
    for count in (0, 1, 13):
        shape = read_shapes(np.full(count, 100_000))
        assert len(shape) == 0
        assert len(stored_shapes(shape, count)) == 0
        assert len(probed_codes(shape)[0]) == 0
