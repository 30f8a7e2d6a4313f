"""Who is offered what: nobody twice, nobody their own, one reviewer at a time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from server.installation import open_installation
from server.records import (
    EventKind,
    Happened,
    How,
    NewReview,
    Person,
    Reviewer,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Role,
    SecondReviews,
    Stage,
    Standing,
    Truth,
    Verdict,
)
from tests.server.house import House
from tests.server.reviews.conftest import Joining, SessionOf

FLAG = NewReview(How.FLAG, 1.0, 0.97, 60.0, ReviewRules(1_000, 2_000))
HOUR_US = 3_600_000_000


def claim(house: House, person: Person, now_us: int = 100, *, senior: bool = False) -> int | None:
    """One review of a case, so that tests of the order need not a person for each."""
    reviewer = Reviewer(person.id, senior)
    rows = house.own.claim_reviews(reviewer, now_us=now_us, until_us=now_us + 500, most=1)
    return rows[0] if rows else None


def test_of_two_who_claim_at_once_exactly_one_gets_it(
    house: House, session_of: SessionOf, joining: Joining
) -> None:
    """Real transactions on two nodes, five times."""
    second = joining("Olga Auditor", Role.AUDITOR)
    nodes = [open_installation(house.path).store for _ in range(2)]
    organisation = house.installation.store.first_organisation()
    together = Barrier(2)

    def take(at: int, person: bytes) -> int | None:
        together.wait()
        own = nodes[at].of(organisation)
        rows = own.claim_reviews(Reviewer(person, senior=False), now_us=100, until_us=200)
        return rows[0] if rows else None

    with ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            row = house.own.open_review(session_of(house.trainer).row, FLAG, 10)
            got = list(pool.map(take, (0, 1), (house.auditor.id, second.id)))
            assert sorted(got, key=str) == sorted([row, None], key=str)
    for node in nodes:
        node.close()
    assert house.rows("review_claims") == 5


def test_two_who_claim_at_once_get_different_reviews(
    house: House, session_of: SessionOf, joining: Joining
) -> None:
    people = [joining(f"Reviewer {n}", Role.AUDITOR) for n in range(4)]
    rows = {house.own.open_review(session_of(house.trainer).row, FLAG, 10) for _ in people}
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda person: claim(house, person), people)) == rows


def test_what_could_be_lost_comes_first(house: House, session_of: SessionOf) -> None:
    rows = []
    for stake, at_us in ((10.0, 10), (30.0, 10), (20.0, 10), (30.0, 90)):
        row = session_of(house.trainer).row
        rows.append(house.own.open_review(row, replace(FLAG, stake=stake), at_us))
    order = [claim(house, house.auditor) for _ in rows]
    assert order == [rows[1], rows[2], rows[0], rows[3]]
    assert claim(house, house.auditor) is None


def test_a_claim_lapses_and_can_be_given_back(
    house: House, session_of: SessionOf, joining: Joining
) -> None:
    other = joining("Olga Auditor", Role.AUDITOR)
    row = house.own.open_review(session_of(house.trainer).row, FLAG, 10)
    assert row is not None
    assert house.own.waiting_reviews(100) == 1
    assert claim(house, house.auditor, 100) == row
    assert house.own.waiting_reviews(100) == 0
    (held,) = house.own.claimed_reviews(house.auditor.id)
    assert (held.row, held.claimed_until_us) == (row, 600)
    assert claim(house, other, 599) is None
    assert claim(house, other, 600) == row
    assert not house.own.release_review(row, house.auditor.id, 601), "theirs has lapsed"
    assert house.own.release_review(row, other.id, 602)
    assert claim(house, other, 700) is None, "who gave it back is not offered it again"
    assert claim(house, house.auditor, 700) == row
    assert claim(house, other, 2_010, senior=True) is None, "the time to decide is over"


def test_nobody_is_offered_their_own_their_teams_or_what_they_saw(
    house: House, session_of: SessionOf, joining: Joining
) -> None:
    own, lead = house.own, joining("Lena Lead", Role.LEAD)
    entry = session_of(house.trainer)
    assert own.open_review(entry.row, FLAG, 10) is not None
    team, others = own.add_team("One").id, own.add_team("Two").id
    for member in (house.trainer, lead):
        own.join_team(team, member.id, leads=member is lead)
    own.join_team(others, house.auditor.id, leads=False)
    assert claim(house, house.trainer, senior=True) is None
    assert claim(house, lead, senior=True) is None
    own.note_seen(entry.row, house.auditor.id, 50)
    own.note_seen(entry.row, house.auditor.id, 60)
    assert claim(house, house.auditor) is None
    assert claim(house, joining("Olga Auditor", Role.AUDITOR)) is not None


def test_whoever_committed_is_not_asked_again(
    house: House, session_of: SessionOf, joining: Joining
) -> None:
    own, lead = house.own, joining("Lena Lead", Role.LEAD)
    row = own.open_review(session_of(house.trainer).row, FLAG, 10)
    assert row is not None
    assert claim(house, house.auditor) == row
    review = own.review_numbered(row)
    assert review is not None
    said = ReviewEvent(EventKind.COMMITTED, 101, house.auditor.id, Verdict.ESCALATE, how=How.FLAG)
    assert own.step_review(review, said, replace(review.head, senior=True), [])
    assert claim(house, house.auditor, senior=True) is None
    assert claim(house, joining("Olga Auditor", Role.AUDITOR)) is None, "it waits for a lead"
    assert claim(house, lead, senior=True) == row
    (found,) = own.reviews_by(house.auditor.id, 9)
    assert (found.row, own.reviews_by(lead.id, 9)) == (row, [])


def test_second_reviews_are_counted_by_what_they_followed(
    house: House, session_of: SessionOf
) -> None:
    for verdict, again in (
        (Verdict.KEEP, False),
        (Verdict.KEEP, True),
        (Verdict.REJECT_PAY, False),
        (Verdict.EXCLUDE_DATA, False),
    ):
        row = house.own.open_review(session_of(house.trainer).row, FLAG, 10)
        assert claim(house, house.auditor) == row
        review = house.own.review_numbered(row or 0)
        assert review is not None
        said = ReviewEvent(EventKind.COMMITTED, 101, house.auditor.id, verdict, how=How.FLAG)
        head = ReviewHead(Stage.DECIDED, None)
        assert house.own.step_review(review, replace(said, again=again), head, [])
    assert house.own.second_reviews(100) == SecondReviews(of_cleared=1, all=3)


def test_each_deadline_is_told_of_once(house: House, session_of: SessionOf) -> None:
    own = house.own
    row = own.open_review(session_of(house.trainer).row, FLAG, 10)
    assert own.note_near_deadlines(500, 100, 10) == 0
    assert own.note_near_deadlines(500, 1_600, 10) == 1
    assert own.note_near_deadlines(500, 1_601, 10) == 0
    assert [one.kind for one in own.announcements(0, 9)][1:] == [Happened.DEADLINE_NEAR]
    assert own.overdue_reviews(2_009, 10) == []
    assert own.overdue_reviews(2_010, 10) == [row]


def test_controls_are_mixed_in_and_tell_nobody(house: House, session_of: SessionOf) -> None:
    own = house.own
    controls = [session_of(house.other).row for _ in range(2)]
    assert own.open_review(controls[0], FLAG, 5) is not None
    for row in controls:
        assert own.mark_control(row, Truth.PASTED, "person:1", 7)
        assert not own.mark_control(row, Truth.GENUINE, "person:1", 8)
    assert own.open_review(controls[0], FLAG, 9) is None, "a control is no flag"
    told = len(own.announcements(0, 99))
    with_control = replace(FLAG, with_control=True)
    for _ in range(3):
        own.open_review(session_of(house.trainer).row, with_control, 10)
    assert len(own.announcements(0, 99)) == told + 3
    assert own.waiting_reviews(20) == 5, "each control waits once"
    assert [one.truth for one in own.control_sessions()] == [Truth.PASTED] * 2
    assert all(own.standing(row).under_review is False for row in controls)
    assert {one.how for one in own.reviews(None, 99)} == {How.FLAG}


def test_draws_rest_on_one_seed(house: House) -> None:
    first = house.own.review_settings()
    assert (len(first.seed), first.control_share) == (32, 0.1)
    house.own.set_control_share(0.25)
    assert house.own.review_settings() == replace(first, control_share=0.25)


def test_a_person_who_goes_is_no_longer_judged(house: House, session_of: SessionOf) -> None:
    own = house.own
    entries = [session_of(house.trainer), session_of(house.trainer)]
    rows = [own.open_review(entry.row, FLAG, 10) for entry in entries]
    assert claim(house, house.auditor) == rows[0]
    own.remove_person(house.trainer.id, 50)
    for entry in entries:
        assert not own.standing(entry.row).under_review
        assert own.standing(entry.row).decision is None
    told = [one.kind for one in own.announcements(0, 9)]
    assert told.count(Happened.REVIEW_CLOSED) == 2
    assert own.claimed_reviews(house.auditor.id) == []
    assert own.close_reviews_of(house.trainer.id, 60) == 0


def test_nothing_is_opened_of_a_person_who_left(house: House, session_of: SessionOf) -> None:
    own, entry, control = house.own, session_of(house.trainer), session_of(house.trainer)
    assert not own.standing(entry.row).nobody_decides
    assert own.mark_control(control.row, Truth.GENUINE, "x", 5)
    own.remove_person(house.trainer.id, 50)
    assert own.open_review(entry.row, FLAG, 60) is None
    assert own.standing(entry.row) == Standing(False, None, nobody_decides=True)
    assert own.reviews(None, 9) == []
    # A control says something about reviewers, and nothing about whoever made it.
    assert own.open_review(control.row, replace(FLAG, how=How.CONTROL), 60) is not None


def test_what_is_kept_of_a_forgotten_persons_review_names_nobody(
    house: House, session_of: SessionOf
) -> None:
    own, entry = house.own, session_of(house.trainer)
    row = own.open_review(entry.row, FLAG, 10)
    review = own.review_numbered(row or 0)
    assert review is not None
    said = ReviewEvent(EventKind.STATED, 20, house.trainer.id, text="I, Ada, wrote it.")
    assert own.step_review(review, said, review.head, [])
    assert claim(house, house.auditor) == row
    assert own.forget_reviews_of(house.trainer.id, 30) == 1
    kept = own.review(review.id)
    assert kept is not None
    assert (kept.session, kept.trainer, kept.head.stage) == (None, None, Stage.CLOSED)
    assert [(event.text, event.person) for event in kept.events] == [(None, None)] * 3
    assert own.reviews_of(house.trainer.id) == []
    assert own.forget_reviews_of(house.trainer.id, 31) == 0


def test_what_was_said_is_read_with_all_that_happened(house: House, session_of: SessionOf) -> None:
    own = house.own
    rows = [own.open_review(session_of(house.trainer).row, FLAG, 10) for _ in range(2)]
    assert claim(house, house.auditor) == rows[0]
    review = own.review_numbered(rows[0] or 0)
    assert review is not None
    said = ReviewEvent(
        EventKind.COMMITTED, 101, house.auditor.id, Verdict.KEEP, ((1, 2),), "why", how=How.FLAG
    )
    assert own.step_review(review, said, ReviewHead(Stage.DECIDED, None), [])
    (found,) = own.committed_reviews(0, 10)
    assert found.events[1] == said
    assert own.committed_reviews(found.row, 10) == []
    assert [one.row for one in own.reviews_of(house.trainer.id)] == rows[::-1]
    assert [one.row for one in own.reviews(rows[1], 10)] == rows[:1]
