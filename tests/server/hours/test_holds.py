"""Pay that is held back: only the minutes in question, and never for long."""

import pytest
from sqlalchemy.exc import IntegrityError

from server.records import (
    HOLD_MAX_US,
    WHOLE_SESSION_US,
    Hold,
    HoldEnded,
)
from tests.server.house import House, bare_session

_DAY_US = 86_400_000_000


@pytest.fixture
def session_row(house: House) -> int:
    return bare_session(house).row


def test_hold_is_of_its_minutes_until_it_is_released(house: House, session_row: int) -> None:
    own = house.own
    own.hold_minutes(session_row, [(60, 120), (100, 180)], 5_000, now_us=1_000)
    assert own.holds(session_row) == [Hold(60, 180, 1_000, 5_000, None, None)]
    own.release_holds(session_row, 2_000)
    own.release_holds(session_row, 3_000)
    assert own.holds(session_row) == [Hold(60, 180, 1_000, 5_000, 2_000, HoldEnded.RELEASED)]


def test_hold_without_minutes_is_of_the_session_and_capped(house: House, session_row: int) -> None:
    house.own.hold_minutes(session_row, [], 100 * _DAY_US, now_us=7)
    (hold,) = house.own.holds(session_row)
    assert (hold.start_us, hold.end_us) == WHOLE_SESSION_US
    assert hold.lapses_us == 7 + HOLD_MAX_US


def test_holding_again_prolongs_nothing(house: House, session_row: int) -> None:
    own = house.own
    own.hold_minutes(session_row, [(0, 60)], 100 * _DAY_US, now_us=7)
    own.hold_minutes(session_row, [(0, 90)], 100 * _DAY_US, now_us=10 * _DAY_US)
    assert {hold.lapses_us for hold in own.holds(session_row)} == {7 + HOLD_MAX_US}


def test_minutes_whose_hold_lapsed_are_not_held_again(house: House, session_row: int) -> None:
    own = house.own
    own.hold_minutes(session_row, [(60, 120)], 5, now_us=1)
    house.change("UPDATE holds SET ended_us = 5, ended_why = 'lapsed'")
    own.hold_minutes(session_row, [(0, 200)], 50, now_us=10)
    held = [hold for hold in own.holds(session_row) if hold.ended_us is None]
    assert [(hold.start_us, hold.end_us) for hold in held] == [(0, 60), (120, 200)]


def test_session_that_is_not_there_is_not_held(house: House) -> None:
    with pytest.raises(IntegrityError):
        house.own.hold_minutes(404, [(0, 1)], 2, 1)
    assert house.rows("holds") == 0
