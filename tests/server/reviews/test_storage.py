"""Reviews as they are stored: opened once, moved by one event at a time, never changed."""

import pytest

from server.records import (
    NOT_ASKED,
    Decision,
    EventKind,
    Happened,
    How,
    NewReview,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Stage,
    Standing,
    StoredReview,
    Verdict,
)
from tests.server.house import House, bare_session

FLAG = NewReview(How.FLAG, 1.0, 0.97, 60.0, ReviewRules(70, 140))
DECIDED = Decision(Verdict.EXCLUDE_DATA, 30, ((0, 10), (20, 30)))


@pytest.fixture
def session_row(house: House) -> int:
    return bare_session(house).row


def opened(house: House, session_row: int, new: NewReview = FLAG, now_us: int = 10) -> StoredReview:
    row = house.own.open_review(session_row, new, now_us)
    assert row is not None
    found = house.own.review_numbered(row)
    assert found is not None
    return found


def test_a_session_stands_as_its_review_does(house: House, session_row: int) -> None:
    own = house.own
    assert own.standing(session_row) == NOT_ASKED
    review = opened(house, session_row)
    assert own.standing(session_row) == Standing(under_review=True, decision=None)
    asked = ReviewEvent(EventKind.LAPSED, 30)
    decided = ReviewHead(Stage.DECIDED, 170, DECIDED, began_us=10)
    assert own.step_review(review, asked, decided, [Happened.REVIEW_DECIDED])
    assert own.standing(session_row) == Standing(under_review=False, decision=DECIDED)
    review = again(house, review)
    assert review.head == decided
    appeal = ReviewEvent(EventKind.APPEALED, 40, house.trainer.id, text="It was me.")
    waiting = ReviewHead(Stage.REVIEWER, 180, DECIDED, appealed=True, began_us=40)
    assert own.step_review(review, appeal, waiting, [Happened.APPEAL_OPENED])
    assert own.standing(session_row) == Standing(under_review=True, decision=DECIDED)
    assert [event.kind for event in again(house, review).events] == [
        EventKind.OPENED,
        EventKind.LAPSED,
        EventKind.APPEALED,
    ]
    told = [(one.kind, one.subject) for one in own.announcements(0, 9)]
    kinds = (Happened.REVIEW_OPENED, Happened.REVIEW_DECIDED, Happened.APPEAL_OPENED)
    assert told == [(kind, review.id.hex()) for kind in kinds]


def again(house: House, review: StoredReview) -> StoredReview:
    found = house.own.review(review.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("decision", "upheld"),
    [
        (Decision(Verdict.KEEP, 30), True),
        (Decision(Verdict.KEEP, 30, by_silence=True), False),
        (DECIDED, False),
    ],
)
def test_only_people_uphold_a_session(
    house: House, session_row: int, decision: Decision, *, upheld: bool
) -> None:
    own, trainer = house.own, house.trainer.id
    review = opened(house, session_row)
    assert own.upheld_sessions(trainer, session_row + 1, 9) == []
    head = ReviewHead(Stage.DECIDED, None, decision)
    assert own.step_review(review, ReviewEvent(EventKind.LAPSED, 30), head, [])
    assert own.upheld_sessions(trainer, session_row + 1, 9) == [session_row] * upheld
    assert own.upheld_sessions(trainer, session_row, 9) == []
    assert own.upheld_sessions(house.other.id, session_row + 1, 9) == []


def test_a_random_check_puts_nobody_under_review(house: House, session_row: int) -> None:
    opened(house, session_row, NewReview(How.RANDOM, 0.01, None, 60.0, ReviewRules(70, 140)))
    assert house.own.standing(session_row) == NOT_ASKED


def test_a_session_is_reviewed_once(house: House, session_row: int) -> None:
    opened(house, session_row)
    assert house.own.open_review(session_row, FLAG, 11) is None
    assert house.rows("reviews") == 1


def test_what_was_read_before_something_else_happened_changes_nothing(
    house: House, session_row: int
) -> None:
    review = opened(house, session_row)
    head = ReviewHead(Stage.DECIDED, None, DECIDED)
    assert house.own.step_review(review, ReviewEvent(EventKind.LAPSED, 30), head, [])
    late = ReviewEvent(EventKind.CLOSED, 31)
    assert not house.own.step_review(review, late, ReviewHead(Stage.CLOSED, None), [])
    assert again(house, review).head.stage is Stage.DECIDED
    assert house.rows("review_events") == 2


def test_a_verdict_of_somebody_without_the_claim_is_not_stored(
    house: House, session_row: int
) -> None:
    review = opened(house, session_row)
    said = ReviewEvent(EventKind.COMMITTED, 30, house.auditor.id, Verdict.KEEP)
    assert not house.own.step_review(review, said, ReviewHead(Stage.DECIDED, None), [])
    assert again(house, review).head.stage is Stage.REVIEWER
