"""A person who leaves with a review open: nothing of theirs waits for anybody any more."""

import pytest

from server.records import (
    DAY_US,
    Decision,
    EventKind,
    Happened,
    HoldEnded,
    How,
    NewReview,
    PayWaits,
    Reviewer,
    ReviewEvent,
    ReviewRules,
    Role,
    Stage,
    StoredReview,
    Truth,
    Verdict,
)
from server.records.timesheets import SheetState
from server.reviews.machine import state_of
from server.reviews.moving import move
from tests.server.holding import hold, review_of
from tests.server.hours.conftest import Hours
from tests.server.hours.test_storing import HOUR, seen
from tests.server.house import House

FLAG = NewReview(How.FLAG, 1.0, 0.97, 60.0, ReviewRules(7 * DAY_US, 14 * DAY_US))
REASON = "Whole paragraphs come in between two keys, without a paste."


@pytest.fixture
def hours(house: House) -> Hours:
    return Hours(house)


def rejected(hours: Hours, session_row: int, count: int) -> StoredReview:
    """A review in which so many say that the work is not to be paid."""
    own = hours.house.own
    row = own.open_review(session_row, FLAG, 10)
    for number in range(count):
        reviewer = own.add_person(f"Reviewer {number}", Role.AUDITOR, None, None)
        taken = own.claim_reviews(
            Reviewer(reviewer.id, senior=False), now_us=20 + number, until_us=1 << 40
        )
        assert taken == [row]
        found = own.review_numbered(row or 0)
        assert found is not None
        said = ReviewEvent(
            EventKind.COMMITTED,
            30 + number,
            reviewer.id,
            Verdict.REJECT_PAY,
            text=REASON,
            blind=True,
        )
        move(own, found, said)
    found = own.review_numbered(row or 0)
    assert found is not None
    return found


def leave(house: House, how: str) -> None:
    if how == "removed":
        house.own.remove_person(house.trainer.id, 50)
    else:
        house.own.forget_reviews_of(house.trainer.id, 50)


@pytest.mark.parametrize("how", ["removed", "forgotten"])
def test_what_a_first_verdict_held_is_free_and_counts(hours: Hours, how: str) -> None:
    job = hours.add([seen(0, HOUR)])
    rejected(hours, job.session_row, 1)
    assert hours.sheet().seconds.held_s == HOUR
    leave(hours.house, how)
    (held,) = hours.house.own.holds(job.session_row)
    assert (held.ended_us, held.ended_why) == (50, HoldEnded.RELEASED)
    assert (hours.sheet().seconds.held_s, hours.sheet().seconds.payable_s) == (0, HOUR)


def test_an_appeal_that_is_open_falls_to_the_trainer_and_is_paid(hours: Hours) -> None:
    job, own = hours.add([seen(0, HOUR)]), hours.house.own
    review = rejected(hours, job.session_row, 2)
    assert hours.sheet().seconds.rejected_s == HOUR
    move(own, review, ReviewEvent(EventKind.APPEALED, 40, hours.house.trainer.id, text="Mine."))
    leave(hours.house, "removed")
    ended = own.review(review.id)
    assert ended is not None
    kept = Decision(Verdict.KEEP, 50, by_silence=True)
    assert (ended.head.stage, ended.head.decision) == (Stage.DECIDED, kept)
    assert state_of(ended.events, ended.rules).head == ended.head
    assert own.standing(job.session_row).decision == kept
    assert (hours.sheet().seconds.rejected_s, hours.sheet().seconds.payable_s) == (0, HOUR)
    told = [one.kind for one in own.announcements(0, 99)]
    assert (told.count(Happened.APPEAL_DECIDED), told.count(Happened.REVIEW_CLOSED)) == (1, 0)


def test_a_decision_before_it_stands(hours: Hours) -> None:
    job = hours.add([seen(0, HOUR)])
    rejected(hours, job.session_row, 2)
    leave(hours.house, "removed")
    assert hours.sheet().seconds.rejected_s == HOUR


def test_what_a_dispute_holds_waits_for_its_own_end(hours: Hours) -> None:
    own, job = hours.house.own, hours.add([seen(0, HOUR)])
    hold(own, job.session_row, [], 5_000, now_us=1)
    hours.house.change("UPDATE holds SET timesheet = 1")
    assert hours.sheet().state is SheetState.OPEN
    leave(hours.house, "removed")
    assert own.holds(job.session_row)[0].ended_us is None


def test_a_session_that_becomes_a_control_is_held_no_longer(hours: Hours) -> None:
    own, job = hours.house.own, hours.add([seen(0, HOUR)])
    review = review_of(own, job.session_row)
    said = ReviewEvent(EventKind.STATED, 7)
    assert own.step_review(review, said, review.head, [], PayWaits((), 5_000))
    assert own.mark_control(job.session_row, Truth.GENUINE, "x", 50)
    assert own.holds(job.session_row)[0].ended_why is HoldEnded.RELEASED
