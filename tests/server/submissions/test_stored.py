"""Submissions as they are stored, on either storage: each named once, answered in order."""

import threading

import pytest

from server.records import (
    Answer,
    GivenAnswer,
    Happened,
    NewSubmission,
    SessionEntry,
)
from tests.server.house import House, bare_session


@pytest.fixture
def session(house: House) -> SessionEntry:
    return bare_session(house)


def new(session: SessionEntry, identifier: str = "one", number: int = 1) -> NewSubmission:
    id_, digest = bytes([number]) * 16, bytes(32)
    person, project = session.person, session.project
    return NewSubmission(id_, identifier, person, project, 5, b"[]", digest, 9, b"sealed")


def given(number: int, answer: Answer = Answer.CONSISTENT) -> GivenAnswer:
    return GivenAnswer(number, answer, 10 * number, b"{}", b"signed")


def test_a_submission_waits_is_answered_and_lets_go_of_its_classes(
    house: House, session: SessionEntry
) -> None:
    own, queue = house.own, house.installation.store
    asked = new(session)
    assert own.add_submission(asked, [session.row], lapses_us=1_000)
    assert not own.add_submission(new(session, number=2), [session.row], lapses_us=1_000)
    stored = own.submission(asked.id)
    assert stored is not None
    assert (stored.sealed, stored.answer, stored.answers) == (b"sealed", None, 0)
    assert own.submission_called("one") == stored
    assert list(own.submissions_of_session(session.row)) == [stored]
    assert queue.claim_submission(999) is None
    own.look_at_submissions_of(session.row)
    claimed = queue.claim_submission(1)
    assert claimed is not None
    assert claimed.id == asked.id
    assert queue.claim_submission(2) is None
    assert own.answer_submission(stored, b"{}", given(1))
    assert not own.answer_submission(stored, b"{}", given(1))
    found = own.submission(asked.id)
    assert found is not None
    assert (found.sealed, found.alignment) == (None, b"{}")
    assert (found.answer, found.answers, found.answered_us) == (Answer.CONSISTENT, 1, 10)
    assert own.answer_submission(found, b"{}", given(2, Answer.UNDER_REVIEW))
    assert [each.number for each in own.answers(stored.row)] == [1, 2]
    kinds = [each.kind for each in own.announcements(0, 9) if each.subject == asked.id.hex()]
    assert kinds == [Happened.SUBMISSION_ANSWERED, Happened.SUBMISSION_DECIDED]
    assert queue.claim_submission(1 << 50) is None


def test_what_happens_while_an_answer_is_worked_out_is_looked_at_after_it(
    house: House, session: SessionEntry
) -> None:
    own, queue = house.own, house.installation.store
    assert own.add_submission(new(session), [session.row], lapses_us=1)
    assert queue.claim_submission(1) is not None
    stored = own.submission_called("one")
    assert stored is not None
    own.look_at_submissions_of(session.row)
    assert own.answer_submission(stored, b"{}", given(1))
    assert queue.claim_submission(1) is not None
    own.look_at_submissions_of(session.row)
    own.submission_looked_at(stored.row, None)
    assert queue.claim_submission(1) is not None
    own.submission_looked_at(stored.row, None)
    assert queue.claim_submission(1 << 50) is None


def test_a_claim_that_came_to_nothing_is_taken_again(house: House, session: SessionEntry) -> None:
    queue = house.installation.store
    assert house.own.add_submission(new(session), [session.row], lapses_us=1)
    assert queue.claim_submission(1) is not None
    assert queue.claim_submission(60_000_000) is None
    assert queue.claim_submission(60_000_001) is not None


def test_of_two_that_hand_in_the_same_at_once_one_is_stored(
    house: House, session: SessionEntry
) -> None:
    done = list[bool]()

    def ask(number: int) -> None:
        asked = new(session, "raced", number)
        done.append(house.own.add_submission(asked, [session.row], lapses_us=9))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(done) == [False, False, False, True]
    assert house.rows("submission_sessions") == 1
