"""Submissions and their answers, as another organisation would ask for them."""

from collections.abc import Callable, Mapping
from typing import Protocol

from server.records import Answer, GivenAnswer, NewSubmission, SessionEntry, Submission
from server.storage.protocols import OrganisationStore

IDENTIFIER = "of-the-first-organisation"
ID = bytes(range(16))
_GIVEN = GivenAnswer(1, Answer.CONSISTENT, 1, b"{}", b"{}")


class Named(Protocol):
    """What can be named of the first organisation."""

    @property
    def entry(self) -> SessionEntry:
        """A session."""


def new(entry: SessionEntry, id_: bytes = ID, identifier: str = IDENTIFIER) -> NewSubmission:
    """A submission of that session."""
    digest = bytes(32)
    return NewSubmission(
        id_, identifier, entry.person, entry.project, 1, b"[]", digest, 9, b"sealed"
    )


def stored(entry: SessionEntry) -> Submission:
    """The first organisation's, as it would be read."""
    sealed, digest = b"sealed", bytes(32)
    return Submission(
        1,
        ID,
        IDENTIFIER,
        entry.person,
        entry.project,
        1,
        b"[]",
        digest,
        9,
        sealed,
        None,
        None,
        1,
        1,
    )


CASES: Mapping[str, Callable[[OrganisationStore, Named], object]] = {
    "add_submission": lambda s, x: s.add_submission(
        new(x.entry, bytes(16), "mine"), [x.entry.row], lapses_us=1
    ),
    "answer_submission": lambda s, x: s.answer_submission(stored(x.entry), b"{}", _GIVEN),
    "answers": lambda s, _: s.answers(1),
    "change_answers": lambda s, _: s.change_answers(1, {1: b"{}"}),
    "count_submissions": lambda s, x: s.count_submissions(x.entry.row),
    "look_at_submissions_of": lambda s, x: s.look_at_submissions_of(x.entry.row),
    "submission": lambda s, _: s.submission(ID),
    "submission_called": lambda s, _: s.submission_called(IDENTIFIER),
    "submission_looked_at": lambda s, _: s.submission_looked_at(1, None),
    "submissions": lambda s, _: s.submissions(10, None),
    "submissions_of_session": lambda s, x: s.submissions_of_session(x.entry.row),
}


def furnish(own: OrganisationStore, entry: SessionEntry, id_: bytes = ID) -> None:
    """Give the first organisation a submission with an answer."""
    given = GivenAnswer(1, Answer.CONSISTENT, 1, b"{}", b"{}")
    assert own.add_submission(
        new(entry, id_), [entry.row], alignment=b"{}", given=given, lapses_us=5
    )
