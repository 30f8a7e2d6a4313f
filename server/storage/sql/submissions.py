"""Submissions and their answers in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, case, func, null, select, update

from server.records.announcements import Happened
from server.records.submissions import (
    Answer,
    DueSubmission,
    GivenAnswer,
    NewSubmission,
    Submission,
)
from server.storage import tables
from server.storage.sql.bound import Bound

_SUBMISSION = tables.submissions.c
_COLUMNS = [_SUBMISSION[name] for name in Submission.__slots__]
_ANSWERS = tables.submission_answers
_AT_ONCE_US = 0
"""Something happened that an answer may have to follow."""
_NOT_SINCE = case((_SUBMISSION.look_us == _AT_ONCE_US, _AT_ONCE_US), else_=null())
"""What happened while an answer was worked out is looked at after it."""
_CLAIM_US = 60_000_000
"""So long somebody has time to answer before another one tries."""


class SqlSubmissions(Bound):
    """See `server.storage.protocols.submissions.Submissions`."""

    def add_submission(
        self,
        new: NewSubmission,
        session_rows: Sequence[int],
        *,
        alignment: bytes | None = None,
        given: GivenAnswer | None = None,
        lapses_us: int | None = None,
    ) -> bool:
        """Store what was asked."""
        table = tables.submissions
        known = self._select(table, table.c.row).where(table.c.identifier == new.identifier)
        values = {name: getattr(new, name) for name in NewSubmission.__slots__}
        values |= {"alignment": alignment, "look_us": lapses_us}
        values |= _head(given) if given is not None else {}
        with self._transaction() as connection:
            if connection.execute(known).one_or_none() is not None:
                return False
            key = connection.execute(self._insert(table, values)).inserted_primary_key
            row = int(key[0]) if key else 0
            for session in session_rows:
                link = {"submission": row, "session": session}
                connection.execute(self._insert(tables.submission_sessions, link))
            if given is not None:
                self._give(connection, row, given)
                answered = Happened.SUBMISSION_ANSWERED
                self._announce(connection, answered, new.id.hex(), given.answered_us)
        return True

    def submission(self, submission: bytes) -> Submission | None:
        """A submission by its id."""
        row = self._one(self._submissions().where(_SUBMISSION.id == submission))
        return _as_submission(row) if row else None

    def submission_called(self, identifier: str) -> Submission | None:
        """A submission by the platform's own identifier."""
        row = self._one(self._submissions().where(_SUBMISSION.identifier == identifier))
        return _as_submission(row) if row else None

    def submissions(self, limit: int, before_row: int | None) -> Sequence[Submission]:
        """Submissions, newest first."""
        query = self._submissions().order_by(_SUBMISSION.row.desc()).limit(limit)
        if before_row is not None:
            query = query.where(_SUBMISSION.row < before_row)
        return [_as_submission(row) for row in self._all(query)]

    def submissions_of_session(self, session_row: int) -> Sequence[Submission]:
        """Those that name a session."""
        named = _naming(session_row, self.organisation)
        query = self._submissions().where(_SUBMISSION.row.in_(named)).order_by(_SUBMISSION.row)
        return [_as_submission(row) for row in self._all(query)]

    def count_submissions(self, session_row: int) -> int:
        """How many name a session."""
        links = tables.submission_sessions
        count = self._select(links, func.count()).where(links.c.session == session_row)
        return int(self._all(count)[0][0])

    def answers(self, submission_row: int) -> Sequence[GivenAnswer]:
        """All answers to one, in order."""
        columns = (_ANSWERS.c[name] for name in GivenAnswer.__slots__)
        query = self._select(_ANSWERS, *columns).where(_ANSWERS.c.submission == submission_row)
        found = self._all(query.order_by(_ANSWERS.c.number))
        return [GivenAnswer(row[0], Answer(row[1]), *row[2:]) for row in found]

    def answer_submission(
        self, submission: Submission, alignment: bytes, given: GivenAnswer
    ) -> bool:
        """Give the next answer."""
        change = self._update(tables.submissions).where(
            _SUBMISSION.row == submission.row, _SUBMISSION.answers == submission.answers
        )
        values = _head(given) | {"alignment": alignment, "sealed": None, "look_us": _NOT_SINCE}
        first = not submission.answers
        with self._transaction() as connection:
            if connection.execute(change.values(**values)).rowcount != 1:
                return False
            self._give(connection, submission.row, given)
            kind = Happened.SUBMISSION_ANSWERED if first else Happened.SUBMISSION_DECIDED
            self._announce(connection, kind, submission.id.hex(), given.answered_us)
        return True

    def change_answers(self, submission_row: int, documents: Mapping[int, bytes]) -> None:
        """Put other documents in the place of what answers rested on."""
        mine = self._update(_ANSWERS).where(_ANSWERS.c.submission == submission_row)
        with self._transaction() as connection:
            for number, document in documents.items():
                change = mine.where(_ANSWERS.c.number == number)
                connection.execute(change.values(document=document))
        self._database.forget_overwritten()

    def submission_looked_at(self, submission_row: int, look_us: int | None) -> None:
        """When to look again."""
        change = self._update(tables.submissions).where(
            _SUBMISSION.row == submission_row, _SUBMISSION.look_us > _AT_ONCE_US
        )
        with self._transaction(alone=False) as connection:
            connection.execute(change.values(look_us=look_us))

    def look_at_submissions_of(self, session_row: int) -> None:
        """Have them looked at again."""
        with self._transaction(alone=False) as connection:
            connection.execute(look_again(session_row, self.organisation))

    def _submissions(self) -> Any:
        return self._select(tables.submissions, *_COLUMNS)

    def _give(self, connection: Connection, row: int, given: GivenAnswer) -> None:
        values = {name: getattr(given, name) for name in GivenAnswer.__slots__}
        connection.execute(self._insert(_ANSWERS, values | {"submission": row}))


class SqlSubmissionQueue:
    """See `server.storage.protocols.submissions.SubmissionQueue`."""

    _reading: Engine
    _writing: Engine

    def claim_submission(self, now_us: int) -> DueSubmission | None:
        """Take the one that is due for longest, unless another takes it first."""
        due = (
            select(_SUBMISSION.row, _SUBMISSION.look_us)
            .where(_SUBMISSION.look_us <= now_us)
            .order_by(_SUBMISSION.look_us)
            .limit(1)
        )
        with self._reading.connect() as connection:
            found = connection.execute(due).one_or_none()
        if found is None:
            return None
        take = (
            update(tables.submissions)
            .where(_SUBMISSION.row == found.row, _SUBMISSION.look_us == found.look_us)
            .values(look_us=now_us + _CLAIM_US)
            .returning(_SUBMISSION.organisation, _SUBMISSION.id)
        )
        with self._writing.begin() as connection:
            taken = connection.execute(take).one_or_none()
        return DueSubmission(*taken) if taken is not None else None


def look_again(session_row: int, organisation: int) -> Any:
    """The statement by which submissions that name a session are looked at again."""
    return (
        update(tables.submissions)
        .where(
            _SUBMISSION.organisation == organisation,
            _SUBMISSION.row.in_(_naming(session_row, organisation)),
        )
        .values(look_us=_AT_ONCE_US)
    )


def _naming(session_row: int, organisation: int) -> Any:
    links = tables.submission_sessions.c
    return select(links.submission).where(
        links.session == session_row, links.organisation == organisation
    )


def _head(given: GivenAnswer) -> dict[str, object]:
    answered_us = given.answered_us
    return {"answer": given.answer, "answers": given.number, "answered_us": answered_us}


def _as_submission(row: Any) -> Submission:
    values = row._asdict()
    answer = Answer(row.answer) if row.answer is not None else None
    return Submission(**values | {"answer": answer})
