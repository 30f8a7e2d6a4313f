import numpy as np
import pytest

from detector.errors import BadTableError
from detector.tables import MAX_SPAN_US, MISSING, InputOrigin, int_column, keystrokes
from wire.keys import KeyClass


def test_rows_that_arrive_out_of_order_are_put_in_order_of_time() -> None:
    table = keystrokes([5, 1, 3], [KeyClass.SPACE, KeyClass.LETTER, KeyClass.DIGIT])
    assert table.t_us.tolist() == [1, 3, 5]
    assert table.key.tolist() == [KeyClass.LETTER, KeyClass.DIGIT, KeyClass.SPACE]


def test_columns_that_were_not_recorded_are_marked_missing() -> None:
    table = keystrokes([0], [KeyClass.LETTER])
    assert table.hold_us.tolist() == [MISSING]
    assert not table.effects_seen
    assert not table.cursor_seen


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(BadTableError, match="length"):
        keystrokes([0, 1], [KeyClass.LETTER])


@pytest.mark.parametrize("key", [-1, 17, 400])
def test_an_unknown_key_class_is_refused(key: int) -> None:
    with pytest.raises(BadTableError, match="class"):
        keystrokes([0], [key])


def test_an_unknown_activity_is_refused() -> None:
    with pytest.raises(BadTableError, match="activity"):
        keystrokes([0], [0], activity=[99])


def test_a_clock_that_jumps_by_years_is_refused() -> None:
    with pytest.raises(BadTableError, match="30 days"):
        keystrokes([0, MAX_SPAN_US + 1], [0, 0])


def test_columns_cannot_be_changed() -> None:
    table = keystrokes([0], [KeyClass.LETTER])
    with pytest.raises(ValueError, match="read-only"):
        table.t_us[0] = 4


def test_injected_share_ignores_presses_of_unknown_origin() -> None:
    origin = InputOrigin(int_column([1, 0, MISSING, MISSING]), int_column([0, 0, 0, 0]))
    assert origin.injected_share == 0.5
    unknown = InputOrigin(int_column([MISSING]), int_column([0]))
    assert np.isnan(unknown.injected_share)
