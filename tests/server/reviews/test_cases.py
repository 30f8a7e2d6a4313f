"""The queue in cases: one person's reviews together, what goes first, and what is not offered."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from server.records import (
    CASE_MAX,
    DAY_US,
    EVERYBODY,
    EventKind,
    Happened,
    How,
    Job,
    Judged,
    NewReview,
    Offered,
    OpenFilter,
    Person,
    Reviewer,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Role,
    Stage,
    StoredAssessment,
    StoredCard,
    Truth,
    Unreviewed,
    Verdict,
    Wanted,
    Why,
)
from server.reviews.card import Seen, bit_of
from tests.server.house import House
from tests.server.plans import reading
from tests.server.reviews.conftest import Joining, SessionOf
from tests.server.storages import ON_SQLITE

FLAG = NewReview(How.FLAG, 1.0, 0.97, 60.0, ReviewRules(DAY_US, 20 * DAY_US))
NOW_US = 10 * DAY_US


class Queue:
    """Open reviews of several people, and somebody who is offered them."""

    def __init__(self, house: House, session_of: SessionOf, joining: Joining) -> None:
        self.own, self.session_of = house.own, session_of
        self.auditor = Reviewer(house.auditor.id, senior=False)
        self.people = [joining(f"Trainer {n}", Role.TRAINER) for n in range(3)]

    def open(self, person: Person, stake: float = 60.0, at_us: int = 0, **more: object) -> int:
        new = replace(FLAG, stake=stake, **more)  # type: ignore[arg-type]
        row = self.own.open_review(self.session_of(person).row, new, at_us)
        assert row is not None
        return row

    def cases(self, wanted: Wanted | None = None, most: int = 99, skip: int = 0) -> list[list[int]]:
        found = self.own.cases(self.auditor, wanted or Wanted(), NOW_US, most, skip)
        return [self.rows(case) for case in found]

    def rows(self, case: Sequence[Offered]) -> list[int]:
        found = [self.own.review(each.id) for each in case]
        return [each.row for each in found if each is not None]

    def take(self, row: int | None = None, reviewer: Reviewer | None = None) -> Sequence[int]:
        review = self.own.review_numbered(row) if row is not None else None
        return self.own.claim_reviews(
            reviewer or self.auditor,
            now_us=NOW_US,
            until_us=NOW_US + 9,
            review=review.id if review else None,
        )

    def judge(self, row: int, at_us: int = NOW_US + 5) -> None:
        review = self.own.review_numbered(row)
        assert review is not None
        said = ReviewEvent(
            EventKind.COMMITTED, at_us, self.auditor.person, Verdict.KEEP, how=How.FLAG
        )
        assert self.own.step_review(review, said, ReviewHead(Stage.DECIDED, None), [])


@pytest.fixture
def queue(house: House, session_of: SessionOf, joining: Joining) -> Queue:
    return Queue(house, session_of, joining)


def test_one_persons_reviews_are_a_case_and_stand_by_the_strongest(queue: Queue) -> None:
    ada, tim, ben = queue.people
    weak, strong = queue.open(ada, 10), queue.open(ada, 90)
    alone, other = queue.open(tim, 80), queue.open(ben, 20)
    assert queue.cases() == [[strong, weak], [alone], [other]]
    assert queue.cases(most=1, skip=1) == [[alone]]
    assert queue.take() == [strong, weak]
    assert queue.cases() == [[alone], [other]]
    held = queue.own.claimed_reviews(queue.auditor.person)
    assert {each.row for each in held} == {strong, weak}


def test_more_than_a_case_holds_is_another_case(queue: Queue) -> None:
    rows = [queue.open(queue.people[0]) for _ in range(CASE_MAX + 2)]
    assert queue.cases() == [rows[:CASE_MAX], rows[CASE_MAX:]]
    assert queue.take(rows[-1]) == rows[CASE_MAX:]


def test_what_is_wanted_shows_whole_cases_of_which_something_fits(
    queue: Queue, house: House
) -> None:
    ada, tim, _ben = queue.people
    old, new, other = queue.open(ada, 10, 0), queue.open(ada, 20, 8 * DAY_US), queue.open(tim, 9)
    put_card(house, new, Seen.INSERTED)
    put_card(house, other, Seen.TYPED)
    case = [old, new]
    assert queue.cases() == [case, [other]]
    assert queue.cases(Wanted(several=True)) == [case]
    assert queue.cases(Wanted(several=False)) == [[other]]
    assert queue.cases(Wanted(kinds=bit_of(Seen.INSERTED))) == [case]
    assert queue.cases(Wanted(kinds=bit_of(Seen.TYPED))) == [[other]]
    assert queue.cases(Wanted(kinds=bit_of(Seen.QUIET))) == []
    assert queue.cases(Wanted(from_us=7 * DAY_US)) == [case]
    assert queue.cases(Wanted(to_us=DAY_US, several=False)) == [[other]]
    project = house.own.projects()[0].id
    assert queue.cases(Wanted(projects=(project,))) == [case, [other]]
    assert queue.cases(Wanted(projects=(b"none",))) == []


def put_card(house: House, review_row: int, kind: Seen) -> None:
    """Score a session of which there is no evidence, and give it a card that names one kind."""
    own = house.own
    review = own.review_numbered(review_row)
    assert review is not None
    assert review.session_row is not None
    row = review.session_row
    house.change(
        "INSERT INTO scoring_jobs (session, organisation, due_us, claimed_until_us, attempts, done,"
        " worker, claims) VALUES (:row, 1, 0, 9, 1, false, 'w', 1)",
        row=row,
    )
    made = StoredAssessment("m", "f", "review", "pasted", b"{}", 1)
    job = Job(1, row, 1, "w", 1, 0, Why.CLOSED)
    assert own.finish_job(job, b"{}", made)
    assert own.card(row) is None
    for card in (StoredCard(b'{"first":1}', bit_of(kind)), StoredCard(b"{}", 0)):
        own.put_card(row, card)
    assert own.card(row) == b'{"first":1}', "a card that is there stays"


def test_how_many_go_before_what_is_taken_is_noted(queue: Queue) -> None:
    rows = [queue.open(person, 90 - n) for n, person in enumerate(queue.people)]
    assert queue.take(rows[2]) == [rows[2]]
    assert queue.own.taken_ahead(rows[2], queue.auditor.person) == 2
    assert queue.take() == [rows[0]]
    assert queue.own.taken_ahead(rows[0], queue.auditor.person) == 0
    assert queue.own.taken_ahead(rows[1], queue.auditor.person) is None


def test_what_somebody_else_took_is_not_taken(queue: Queue, joining: Joining) -> None:
    row = queue.open(queue.people[0])
    other = Reviewer(joining("Olga Auditor", Role.AUDITOR).id, senior=False)
    assert queue.take(row, other) == [row]
    assert queue.take(row) == []
    assert queue.own.claim_reviews(queue.auditor, now_us=NOW_US, until_us=9, review=b"no") == []


def test_a_case_is_judged_blind_to_its_end(queue: Queue, house: House) -> None:
    own, auditor = queue.own, queue.auditor.person
    first, second = queue.open(queue.people[0], 9), queue.open(queue.people[0], 8)
    assert queue.take() == [first, second]
    queue.judge(first)
    judged = own.review_numbered(first)
    assert judged is not None
    assert judged.session is not None
    sight = replace(EVERYBODY, everybody=False, person=auditor, reviewer=auditor)
    assert own.in_unfinished_case(first, auditor)
    assert own.line(judged.session, sight) is None
    assert own.release_review(second, auditor, NOW_US)
    assert not own.in_unfinished_case(first, auditor)
    assert own.line(judged.session, sight) is not None
    assert own.done_since(auditor, NOW_US) == 1
    assert own.done_since(auditor, NOW_US + 6) == 0


def test_no_more_of_a_project_is_given_out_than_a_day_allows(queue: Queue) -> None:
    own, project = queue.own, queue.own.projects()[0].id
    rows = [queue.open(person, 90 - n) for n, person in enumerate(queue.people)]
    own.set_reviews_a_day(project, 2)
    for row in rows[:2]:
        assert queue.take() == [row]
        queue.judge(row)
    assert queue.cases() == []
    assert queue.take() == []
    assert queue.own.cases(queue.auditor, Wanted(), NOW_US + DAY_US, 9, 0) != []
    own.set_reviews_a_day(project, None)
    assert queue.cases() == [[rows[2]]]


def test_what_was_given_back_is_no_part_of_a_days_budget(queue: Queue) -> None:
    rows = [queue.open(person, 90 - n) for n, person in enumerate(queue.people)]
    queue.own.set_reviews_a_day(queue.own.projects()[0].id, 1)
    assert queue.take() == [rows[0]]
    assert queue.own.release_review(rows[0], queue.auditor.person, NOW_US)
    assert queue.cases() == [[rows[1]], [rows[2]]]


def test_leads_are_told_once_a_day_and_project_that_nobody_had_the_time(
    queue: Queue, house: House
) -> None:
    own, entry = queue.own, queue.session_of(queue.people[0])
    other = house.administration.add_project("Other", b'{"version":1,"windows":[]}')
    for now_us in (NOW_US, NOW_US + 1, NOW_US + DAY_US):
        own.note_unreviewed(entry.row, now_us)
    own.note_unreviewed(404, NOW_US)
    told = [each for each in own.announcements(0, 99) if each.kind is Happened.REVIEWS_UNREVIEWED]
    assert [each.subject for each in told] == [entry.project.hex()] * 2
    assert other.id != entry.project


def test_how_a_verdict_came_about_is_kept(queue: Queue) -> None:
    own, auditor = queue.own, queue.auditor.person
    row = queue.open(queue.people[0])
    assert queue.take() == [row]
    for at_us in (NOW_US + 1, NOW_US + 2):
        own.note_opened(row, auditor, at_us)
    own.note_looked(row, auditor, 2, 0)
    own.note_looked(row, auditor, 1, 1)
    assert own.judged(0) == []
    queue.judge(row)
    assert own.judged(0) == [Judged(auditor, 0, 4, 3, 1)]
    assert own.judged(NOW_US + 1) == []


def test_what_silence_decided_is_counted_by_project(queue: Queue, house: House) -> None:
    own, rows = queue.own, [queue.open(person) for person in queue.people]
    control = queue.session_of(queue.people[0])
    assert own.mark_control(control.row, Truth.GENUINE, "x", 1)
    assert own.unreviewed(0) == []
    house.change("UPDATE reviews SET decided_us = 50, by_silence = (row = :row)", row=rows[0])
    own.set_reviews_a_day(own.projects()[0].id, 7)
    assert own.unreviewed(50) == [Unreviewed("Demo", 7, 1, 3)]
    assert own.unreviewed(51) == []


def test_open_reviews_by_name_are_of_sessions_within_sight(
    queue: Queue, house: House, joining: Joining
) -> None:
    own, (ada, tim, _ben) = queue.own, queue.people
    late, soon = queue.open(ada, at_us=5), queue.open(tim, at_us=2)
    put_card(house, late, Seen.INSERTED)
    control = queue.session_of(ada)
    assert own.mark_control(control.row, Truth.GENUINE, "x", 1)
    own.open_review(control.row, replace(FLAG, how=How.CONTROL), 3)
    found = own.open_reviews(EVERYBODY, OpenFilter(), 9, 0)
    assert [each.row for each in found] == [soon, late]
    assert (found[1].person_name, found[1].project_name) == (ada.name, "Demo")
    assert (found[1].band, found[1].main_reason, found[0].band) == ("review", "pasted", None)
    assert own.open_people(EVERYBODY) == [(ada.id, ada.name), (tim.id, tim.name)]
    team = own.add_team("One").id
    own.join_team(team, ada.id, leads=False)
    lead = joining("Lena Lead", Role.LEAD)
    sight = replace(EVERYBODY, everybody=False, person=lead.id, teams=frozenset({team}))
    assert [each.row for each in own.open_reviews(sight, OpenFilter(), 9, 0)] == [late]
    assert own.open_people(sight) == [(ada.id, ada.name)]
    for wanted, rows in (
        (OpenFilter(person=tim.id), [soon]),
        (OpenFilter(project=own.projects()[0].id), [soon, late]),
        (OpenFilter(band="review"), [late]),
        (OpenFilter(kinds=bit_of(Seen.INSERTED)), [late]),
        (OpenFilter(kinds=bit_of(Seen.TYPED)), []),
        (OpenFilter(from_us=3), [late]),
        (OpenFilter(to_us=3), [soon]),
    ):
        assert [each.row for each in own.open_reviews(EVERYBODY, wanted, 9, 0)] == rows
    assert [each.row for each in own.open_reviews(EVERYBODY, OpenFilter(), 9, 1)] == [late]


@ON_SQLITE
def test_the_queue_is_found_by_indexes(queue: Queue, house: House) -> None:
    """However many sessions are stored, and reviews are over."""
    row = queue.open(queue.people[0])
    everything = Wanted((house.own.projects()[0].id,), 63, 1, NOW_US, several=False)
    with reading(house) as reads:
        queue.cases(everything)
        queue.cases()
        queue.take(row)
        queue.own.claimed_reviews(queue.auditor.person)
        queue.own.in_unfinished_case(row, queue.auditor.person)
        queue.own.waiting_reviews(NOW_US)
        queue.own.done_since(queue.auditor.person, 0)
        queue.own.note_opened(row, queue.auditor.person, 1)
        queue.own.taken_ahead(row, queue.auditor.person)
        queue.own.open_reviews(EVERYBODY, OpenFilter(band="review"), 9, 0)
        queue.own.open_people(EVERYBODY)
    stored = {"reviews", "sessions", "facts", "assessments", "review_events", "review_claims"}
    assert {name.split()[0] for name in reads.scanned()} & (
        stored | {"people", "seen_in_full"}
    ) == set()
    assert reads.walked() & stored == set()
