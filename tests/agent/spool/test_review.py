"""The review delay runs only while the trainer is there."""

from pathlib import Path

from agent.spool.blankings import release, waiting_pictures
from agent.spool.review import ReviewClock
from agent.spool.store import Spool
from wire.codes import ObjectKind

SECOND_US = 1_000_000


def add(spool: Spool, name: bytes, review_s: int) -> None:
    review_us = review_s * SECOND_US
    spool.add_object(b"s" * 16, ObjectKind.IMAGE, name * 32, b"picture " + name, review_us)


def pass_time(clock: ReviewClock, begin_s: int, end_s: int, *, present: bool) -> list[int]:
    """The seconds at which something became due."""
    seconds = range(begin_s + 1, end_s + 1)
    return [now for now in seconds if clock.tick(now * SECOND_US, present=present)]


def test_a_picture_goes_after_its_time_of_presence(spool: Spool) -> None:
    add(spool, b"o", 60)
    clock = ReviewClock(spool, 0)
    assert pass_time(clock, 0, 59, present=True) == []
    assert spool.next_object() is None
    assert spool.counts().objects_held == 1
    assert pass_time(clock, 59, 61, present=True) == [60]
    row = spool.next_object()
    assert row is not None
    assert row.data == b"picture o"


def test_absence_stops_the_countdown(spool: Spool) -> None:
    add(spool, b"o", 20)
    clock = ReviewClock(spool, 0)
    assert pass_time(clock, 0, 15, present=True) == []
    assert pass_time(clock, 15, 3_000, present=False) == []
    assert pass_time(clock, 3_000, 3_006, present=True) == [3_005]


def test_a_suspend_counts_for_nothing(spool: Spool) -> None:
    add(spool, b"o", 20)
    clock = ReviewClock(spool, 0)
    assert not clock.tick(3_600 * SECOND_US, present=True)
    (picture,) = waiting_pictures(spool)
    assert picture.review_left_us == 20 * SECOND_US


def test_the_time_left_survives_a_restart(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db")
    add(spool, b"o", 60)
    pass_time(ReviewClock(spool, 0), 0, 58, present=True)
    spool.close()
    again = Spool(tmp_path / "spool.db")
    (picture,) = waiting_pictures(again)
    assert 2 * SECOND_US <= picture.review_left_us <= 7 * SECOND_US
    again.close()


def test_a_new_picture_is_not_given_time_that_passed_before_it(spool: Spool) -> None:
    add(spool, b"o", 60)
    clock = ReviewClock(spool, 0)
    pass_time(clock, 0, 3, present=True)
    clock.settle()
    add(spool, b"p", 60)
    left = [picture.review_left_us for picture in waiting_pictures(spool)]
    assert left == [57 * SECOND_US, 60 * SECOND_US]


def test_nothing_held_costs_no_write(spool: Spool) -> None:
    clock = ReviewClock(spool, 0)
    before = spool.rows("SELECT total_changes()")
    assert pass_time(clock, 0, 100, present=True) == []
    assert spool.rows("SELECT total_changes()") == before


def test_the_trainer_can_let_a_picture_go_at_once(spool: Spool) -> None:
    add(spool, b"o", 60)
    (picture,) = waiting_pictures(spool)
    release(spool, picture.number)
    assert spool.next_object() is not None
