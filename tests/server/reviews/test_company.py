"""Second looks and their company: that somebody is asked says nothing about the session."""

import itertools
import random
from collections.abc import Callable

import pytest

from server.records import (
    ADVERSE,
    DAY_US,
    EventKind,
    How,
    NewReview,
    ReviewRules,
    Role,
    SecondReviews,
    StoredReview,
    Verdict,
)
from server.reviews.opening import LATELY, SECOND_OF_CLEARED_MIN, lacking
from server.reviews.opening import company as company_of
from server.reviews.reviewing import Reviewing
from server.services.asking import person_asking
from tests.server.house import House
from tests.server.reviews.conftest import Joining, SessionOf
from tests.server.reviews.test_flow import REASON
from tests.server.reviews.test_quality import scored
from tests.server.storages import ON_SQLITE
from wire.policy import ReviewRules as PolicyRules

FLAG = NewReview(How.FLAG, 1.0, 0.97, 60.0, ReviewRules(7 * DAY_US, 14 * DAY_US))
KEEP, REJECT = Verdict.KEEP, Verdict.REJECT_PAY
FLAGS, UNDOUBTED = 40, 60
Habit = Callable[[StoredReview, int], Verdict]
"""What first reviewers say, by the review and how many were reviewed before."""

HABITS: dict[str, Habit] = {
    "nothing is cleared": lambda _review, _number: REJECT,
    "flags are never cleared": lambda review, _n: REJECT if review.how is How.FLAG else KEEP,
    "one in twenty is cleared": lambda _review, number: REJECT if number % 20 else KEEP,
    "half are cleared": lambda _review, number: REJECT if number % 2 else KEEP,
    "all are cleared": lambda _review, _number: KEEP,
}


class Queue:
    """Reviewers who take and decide until nothing waits."""

    def __init__(self, house: House, session_of: SessionOf, joining: Joining) -> None:
        self.own, self.reviewing = house.own, Reviewing(house.installation.store)
        people = [joining(f"Reviewer {number}", Role.AUDITOR) for number in range(3)]
        self.askers = [person_asking(house.installation.store, one) for one in people]
        for _ in range(FLAGS):
            self.own.open_review(session_of(house.trainer).row, FLAG, 0)
        self.firsts = itertools.count()
        self.seen: list[SecondReviews] = []

    def work(self, habit: Habit) -> None:
        while sum(self._one(at, habit) for at in range(len(self.askers))):
            pass

    def _one(self, at: int, habit: Habit) -> bool:
        taken = self.reviewing.take(self.askers[at], 5)
        review = self.own.review(taken) if taken is not None else None
        if review is None:
            return False
        before = [one.verdict for one in review.events if one.verdict is not None]
        verdict = before[0] if before else habit(review, next(self.firsts))
        self.reviewing.commit(self.askers[at], review.id.hex(), verdict, (), REASON, 5)
        self.seen.append(self.own.second_reviews(10_000))
        return True

    def all(self) -> list[StoredReview]:
        found = [self.own.review(one.id) for one in self.own.reviews(None, 999)]
        return [one for one in found if one is not None]


@pytest.fixture
def queue(house: House, session_of: SessionOf, joining: Joining) -> Queue:
    return Queue(house, session_of, joining)


@pytest.mark.parametrize(
    "eras",
    [
        [(100, 0.0)],
        [(100, 0.05)],
        [(200, 1.0), (300, 0.0)],
        [(50, 0.5), (50, 0.0)],
        [(30, 1.0), (70, 0.0)],
    ],
)
def test_times_in_which_much_was_cleared_do_not_pay_for_those_in_which_nothing_is(
    eras: list[tuple[int, float]],
) -> None:
    """Of any 200 second looks in a row, whatever share first reviewers cleared, and when."""
    rng, looks = random.Random(1), list[bool]()
    for length, cleared in itertools.islice(itertools.cycle(eras), 20):
        for _ in range(length):
            lately = looks[-LATELY:]
            lacks = lacking(SecondReviews(sum(lately), len(lately)))
            if rng.random() >= cleared:
                looks += [False, True] if lacks else [False]
            elif lacks or rng.random() < SECOND_OF_CLEARED_MIN:
                looks.append(True)
    shares = [sum(looks[at - 200 : at]) / 200 for at in range(200, len(looks))]
    assert min(shares) >= SECOND_OF_CLEARED_MIN


def undoubted(house: House, session_of: SessionOf, band: str = "consistent") -> list[int]:
    rows = [session_of(house.trainer).row for _ in range(UNDOUBTED)]
    scored(house, [(band, row) for row in rows])
    return rows


def first(review: StoredReview) -> Verdict | None:
    return next(one.verdict for one in review.events if one.kind is EventKind.COMMITTED)


@ON_SQLITE
@pytest.mark.parametrize("habit", HABITS)
def test_three_in_ten_of_second_looks_are_at_sessions_that_nobody_doubts(
    house: House, session_of: SessionOf, queue: Queue, habit: str
) -> None:
    undoubted(house, session_of)
    queue.work(HABITS[habit])
    assert all(one.of_cleared >= SECOND_OF_CLEARED_MIN * one.all for one in queue.seen)
    reviews = queue.all()
    doubted = sum(first(one) in ADVERSE for one in reviews)
    again = sum(any(event.again for event in one.events) for one in reviews)
    company = [one for one in reviews if one.how is How.COMPANY]
    assert again + len(company) >= SECOND_OF_CLEARED_MIN * (doubted + again + len(company))
    assert len(company) <= doubted, "and it costs no more than it must"
    if habit == "nothing is cleared":
        assert company
        assert again == 0
    if habit == "flags are never cleared":
        # Company that is cleared is looked at again: so sessions that were cleared are there, too.
        assert again > 0
    if habit == "all are cleared":
        assert not company


@ON_SQLITE
def test_company_stands_in_the_queue_where_the_doubted_session_stands(
    house: House, session_of: SessionOf, queue: Queue
) -> None:
    rows = undoubted(house, session_of)
    queue._one(0, HABITS["nothing is cleared"])
    doubted, company = sorted(
        (one for one in queue.all() if one.how is How.COMPANY or len(one.events) > 1),
        key=lambda one: one.row,
    )
    assert company.session_row in rows
    assert (company.stake, company.head.began_us) == (doubted.stake, doubted.head.began_us)
    assert company.opened_us == 5
    named = company_of(doubted, 1, PolicyRules(blind_first_review=False))
    assert named.new.rules.blind_first, "no second reviewer sees a name, and so nor does this one"
    assert not house.own.standing(company.session_row or 0).under_review, "nobody is suspected"


@ON_SQLITE
@pytest.mark.parametrize("band", ["strong", "none"])
def test_where_there_is_no_company_second_looks_go_on_without(
    house: House, session_of: SessionOf, queue: Queue, band: str
) -> None:
    undoubted(house, session_of, band)
    queue.work(HABITS["nothing is cleared"])
    assert queue.seen[-1] == SecondReviews(0, FLAGS)
    assert {one.how for one in queue.all()} == {How.FLAG}


def test_company_is_neither_reviewed_before_nor_a_control(
    house: House, session_of: SessionOf
) -> None:
    own, rows = house.own, undoubted(house, session_of)
    found = own.undoubted_sessions(["consistent"], 3)
    assert list(found) == sorted(rows, reverse=True)[:3]
    own.open_review(rows[-1], FLAG, 1)
    assert rows[-1] not in own.undoubted_sessions(["consistent"], 99)
    assert list(own.undoubted_sessions(["strong"], 99)) == []
