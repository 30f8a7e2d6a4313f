"""Pay that is held back: only the minutes in question, and never for long."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

from server.errors import StorageAway
from server.hours.intervals import Disputed
from server.hours.lapsing import HoldLapses
from server.hours.sheets import Timesheets
from server.records import (
    HOLD_MAX_US,
    WHOLE_SESSION_US,
    EventKind,
    Happened,
    Hold,
    HoldEnded,
    PayWaits,
    ReviewEvent,
    ReviewHead,
    Role,
    Stage,
)
from server.records.timesheets import SheetState
from server.services.asking import person_asking
from tests.server.holding import hold, review_of
from tests.server.hours.conftest import Hours
from tests.server.hours.test_storing import HOUR, seen
from tests.server.house import POLICY, House, bare_session
from wire.policy import ReviewRules

_DAY_US = 86_400_000_000
REFUSED = (DBAPIError, OverflowError, StorageAway)
"""What the databases say of a statement that they do not take."""


@pytest.fixture
def session_row(house: House) -> int:
    return bare_session(house).row


def test_hold_is_of_its_minutes_until_it_is_released(house: House, session_row: int) -> None:
    own = house.own
    hold(own, session_row, [(60, 120), (100, 180)], 5_000, now_us=1_000)
    assert own.holds(session_row) == [Hold(60, 180, 1_000, 5_000, None, None)]
    own.release_holds(session_row, 2_000)
    own.release_holds(session_row, 3_000)
    assert own.holds(session_row) == [Hold(60, 180, 1_000, 5_000, 2_000, HoldEnded.RELEASED)]


def test_hold_without_minutes_is_of_the_session_and_capped(house: House, session_row: int) -> None:
    hold(house.own, session_row, [], 100 * _DAY_US, now_us=7)
    (held,) = house.own.holds(session_row)
    assert (held.start_us, held.end_us) == WHOLE_SESSION_US
    assert held.lapses_us == 7 + HOLD_MAX_US


def test_holding_again_prolongs_nothing(house: House, session_row: int) -> None:
    own = house.own
    hold(own, session_row, [(0, 60)], 100 * _DAY_US, now_us=7)
    hold(own, session_row, [(0, 90)], 100 * _DAY_US, now_us=10 * _DAY_US)
    assert {one.lapses_us for one in own.holds(session_row)} == {7 + HOLD_MAX_US}


def test_minutes_whose_hold_lapsed_are_not_held_again(house: House, session_row: int) -> None:
    own = house.own
    hold(own, session_row, [(60, 120)], 5, now_us=1)
    house.change("UPDATE holds SET ended_us = 5, ended_why = 'lapsed'")
    hold(own, session_row, [(0, 200)], 50, now_us=10)
    held = [one for one in own.holds(session_row) if one.ended_us is None]
    assert [(one.start_us, one.end_us) for one in held] == [(0, 60), (120, 200)]


def test_the_cap_is_that_of_the_policy_the_session_was_opened_under(hours: Hours) -> None:
    own, store = hours.house.own, hours.house.installation.store
    shorter = replace(POLICY, version=2, review=ReviewRules(hold_days_max=3))
    own.add_policy(own.projects()[0].id, shorter, 1, "x", 1)
    before, after = hours.add([seen(0, HOUR)]), hours.add([seen(2 * HOUR, HOUR)], policy=2)
    hours.move(SheetState.SUBMITTED)
    sheets = Timesheets(store)
    decider = person_asking(store, own.add_person("Lea", Role.ADMIN, None, None))
    view = sheets.view(decider, hours.sheet().id.hex())
    sessions = {line.session for line in view.lines}
    sheets.dispute(decider, view, "why", [Disputed(one, 0, 1 << 60) for one in sessions])
    lasts = [
        one.lapses_us - one.held_us for job in (before, after) for one in own.holds(job.session_row)
    ]
    assert lasts == [14 * _DAY_US, 3 * _DAY_US]
    due_us = own.holds(after.session_row)[0].lapses_us
    assert HoldLapses(store).do_next(due_us)
    assert hours.sheet().seconds.held_s == HOUR, "the other is held on"
    assert hours.sheet().state is SheetState.DISPUTED


def test_a_review_holds_no_longer_than_its_policy_says(house: House, session_row: int) -> None:
    review = review_of(house.own, session_row)
    said = ReviewEvent(EventKind.STATED, 7)
    waits = PayWaits(((0, 60),), 100 * _DAY_US, 2 * _DAY_US)
    assert house.own.step_review(review, said, review.head, [], waits)
    assert [one.lapses_us for one in house.own.holds(session_row)] == [7 + 2 * _DAY_US]


@pytest.mark.parametrize("fails", ["the hold", "what comes after it"])
def test_a_verdict_whose_hold_fails_was_never_given(
    house: House, session_row: int, fails: str
) -> None:
    own = house.own
    before = review_of(own, session_row)
    said = ReviewEvent(EventKind.STATED, 7)
    end_us = 1 << 70 if fails == "the hold" else 60
    waits = PayWaits(((0, end_us),), 5_000)
    with _without_announcements(house), pytest.raises(REFUSED):
        own.step_review(before, said, before.head, [Happened.STATEMENT_ASKED], waits)
    assert (own.holds(session_row), review_of(own, session_row)) == ([], before)
    assert own.step_review(before, said, before.head, [], PayWaits(((0, 60),), 5_000))
    assert len(own.holds(session_row)) == 1


def test_a_decision_that_fails_releases_nothing(house: House, session_row: int) -> None:
    own = house.own
    hold(own, session_row, [(0, 60)], 5_000, now_us=1)
    before, held = review_of(own, session_row), own.holds(session_row)
    lapsed, decided = ReviewEvent(EventKind.LAPSED, 9), ReviewHead(Stage.DECIDED, None)
    with _without_announcements(house), pytest.raises(REFUSED):
        own.step_review(before, lapsed, decided, [Happened.REVIEW_DECIDED])
    assert (own.holds(session_row), review_of(own, session_row)) == (held, before)
    assert own.step_review(before, lapsed, decided, [Happened.REVIEW_DECIDED])
    assert [one.ended_why for one in own.holds(session_row)] == [HoldEnded.RELEASED]


@contextmanager
def _without_announcements(house: House) -> Iterator[None]:
    """The last thing that a step writes goes nowhere: the database refuses it."""
    house.change("ALTER TABLE announcements RENAME TO elsewhere")
    try:
        yield
    finally:
        house.change("ALTER TABLE elsewhere RENAME TO announcements")
