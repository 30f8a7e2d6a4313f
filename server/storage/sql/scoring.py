"""Assessments of one organisation, states of its open sessions, and its promise, in SQL."""

import logging
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, cast, exists, select

from server.errors import KeyUnusable, LogDamaged
from server.records import (
    LATE_TEXTS_MAX,
    DueState,
    Happened,
    Job,
    NewReview,
    NewState,
    Priority,
    StoredAssessment,
    StoredBatch,
    StoredCard,
    Why,
)
from server.storage import tables
from server.storage.log_seal import state_place
from server.storage.sql.log import SqlLog
from server.storage.sql.reviews import SqlReviewOpening
from server.storage.sql.submissions import look_again

_log = logging.getLogger(__name__)
_LATE_TEXT_WAIT_US = 60_000_000
"""Texts of one session come together; the wait grows with each time they did not."""


class SqlScores(SqlReviewOpening, SqlLog):
    """See `server.storage.protocols.scoring.Scores`."""

    def assessment(self, session_row: int) -> StoredAssessment | None:
        """The newest assessment."""
        table = tables.assessments
        columns = [table.c[name] for name in StoredAssessment.__slots__]
        newest = self._select(table, *columns).where(table.c.session == session_row)
        row = self._one(newest.order_by(table.c.row.desc()).limit(1))
        return _as_assessment(row) if row else None

    def assessments(self, session_row: int) -> Sequence[StoredAssessment]:
        """All of them, in order."""
        table = tables.assessments
        columns = [table.c[name] for name in StoredAssessment.__slots__]
        query = self._select(table, *columns).where(table.c.session == session_row)
        return [_as_assessment(row) for row in self._all(query.order_by(table.c.row))]

    def current_assessments(self, session_rows: Sequence[int]) -> Mapping[int, StoredAssessment]:
        """The newest assessment of each."""
        made, known = tables.assessments, tables.facts
        columns = [made.c[name] for name in StoredAssessment.__slots__]
        query = self._select(known, *columns, known.c.session.label("of"))
        query = query.join(made, made.c.row == known.c.assessment)
        rows = self._all(query.where(known.c.session.in_(session_rows)))
        return {int(row.of): _as_assessment(row) for row in rows}

    def finish_job(
        self,
        job: Job,
        facts: bytes,
        assessment: StoredAssessment | None,
        review: NewReview | None = None,
        card: StoredCard | None = None,
    ) -> bool:
        """Store facts and assessment and end the job, as one."""
        jobs, states, known = tables.scoring_jobs, tables.scoring_states, tables.facts
        end = self._update(jobs).where(
            jobs.c.session == job.session_row,
            jobs.c.done.is_(False),
            jobs.c.worker == job.worker,
            jobs.c.claims == job.claim,
        )
        ended = {"done": True, "failure": None, "worker": None}
        with self._transaction() as connection:
            if connection.execute(end.values(**ended)).rowcount != 1:
                return False
            # What was kept of the open session holds its typing: it goes with the first score.
            connection.execute(self._delete(states).where(states.c.session == job.session_row))
            if assessment is None:
                return True
            values = {name: getattr(assessment, name) for name in StoredAssessment.__slots__}
            key = connection.execute(
                self._insert(tables.assessments, values | {"session": job.session_row})
            ).inserted_primary_key
            row = {"document": facts, "assessment": key[0] if key else 0} | _listed_by(card)
            change = self._update(known).where(known.c.session == job.session_row)
            if connection.execute(change.values(**row)).rowcount == 0:
                connection.execute(self._insert(known, row | {"session": job.session_row}))
            if review is not None:
                self._open_review(connection, job.session_row, review, assessment.created_us)
            connection.execute(look_again(job.session_row, self.organisation))
            self._announce_scored(connection, job.session_row, assessment.created_us)
        return True

    def card(self, session_row: int) -> bytes | None:
        """A session's card."""
        known = tables.facts
        row = self._one(self._select(known, known.c.card).where(known.c.session == session_row))
        return row.card if row else None

    def put_card(self, session_row: int, card: StoredCard) -> None:
        """Give a scored session its card."""
        known = tables.facts
        without = (known.c.session == session_row, known.c.card.is_(None))
        with self._transaction(alone=False) as connection:
            connection.execute(self._update(known).where(*without).values(**_listed_by(card)))

    def _announce_scored(self, connection: Connection, session_row: int, now_us: int) -> None:
        sessions = tables.sessions
        named = self._select(sessions, sessions.c.id).where(sessions.c.row == session_row)
        subject = connection.execute(named).scalar_one().hex()
        self._announce(connection, Happened.SESSION_SCORED, subject, now_us)

    def hurry(self, session_row: int) -> None:
        """Move a waiting job to the front."""
        table = tables.scoring_jobs
        behind = (
            table.c.session == session_row,
            table.c.done.is_(False),
            table.c.priority > Priority.WAITED_FOR,
        )
        # Looked for first: pages are asked for far more often than there is something to move.
        if self._one(self._select(table, table.c.session).where(*behind)) is None:
            return
        with self._transaction() as connection:
            connection.execute(
                self._update(table).where(*behind).values(priority=Priority.WAITED_FOR)
            )

    def submitted_late(self, session_row: int, now_us: int) -> None:
        """Have a session scored again; take it from the worker that scores it without the text."""
        table = tables.scoring_jobs
        mine = self._update(table).where(
            table.c.session == session_row, table.c.late_texts < LATE_TEXTS_MAX
        )
        scored = mine.where(table.c.done.is_(True)).values(
            done=False,
            priority=Priority.LATE_TEXT,
            why=Why.LATE_TEXT,
            attempts=0,
            late_texts=table.c.late_texts + 1,
            due_us=now_us + _LATE_TEXT_WAIT_US * (cast(table.c.late_texts, BigInteger) + 1),
        )
        being_scored = mine.where(table.c.done.is_(False), table.c.worker.is_not(None)).values(
            worker=None,
            claims=table.c.claims + 1,
            attempts=table.c.attempts - 1,
            late_texts=table.c.late_texts + 1,
        )
        # Locked first, so that a worker which ends the job just now has ended it or waits.
        job = self._select(table, table.c.session).where(table.c.session == session_row)
        with self._transaction() as connection:
            connection.execute(job.with_for_update())
            if connection.execute(scored).rowcount == 0:
                connection.execute(being_scored)

    def rescore(self, session_rows: Sequence[int], why: Why, now_us: int) -> int:
        """Have scored sessions scored again."""
        table = tables.scoring_jobs
        scored = self._update(table).where(
            table.c.session.in_(session_rows), table.c.done.is_(True)
        )
        with self._transaction() as connection:
            return connection.execute(
                scored.values(
                    done=False, priority=Priority.RESCORE, why=why, attempts=0, due_us=now_us
                )
            ).rowcount

    def scored_sessions(
        self, after_row: int, limit: int, project: bytes | None, other_than_model: str | None
    ) -> Sequence[int]:
        """Scored sessions in order."""
        known, made, sessions = tables.facts, tables.assessments, tables.sessions
        compacted = tables.compacted.c
        redacted = (compacted.session == known.c.session, compacted.redacted_us.is_not(None))
        query = (
            self._select(known, known.c.session)
            .join(made, made.c.row == known.c.assessment)
            .join(sessions, sessions.c.row == known.c.session)
            .where(known.c.session > after_row, ~exists().where(*redacted))
            .order_by(known.c.session)
            .limit(limit)
        )
        if project is not None:
            query = query.where(sessions.c.project == project)
        if other_than_model is not None:
            query = query.where(made.c.model_version != other_than_model)
        return [int(row[0]) for row in self._all(query)]

    def new_batches(self, due: Sequence[DueState], most: int) -> Sequence[tuple[int, StoredBatch]]:
        """Each session's next batches."""
        log, known, sessions = tables.batches, tables.scoring_states, tables.sessions.c
        columns = (log.c.row, log.c.previous_row, log.c.session, log.c.sequence)
        # Backwards from each head, as all batches are read (`server.storage.sql.batches`).
        # Each head is found by its session: by its last row nothing is indexed.
        head = tables.heads.c
        walk = (
            self._select(log, *columns, known.c.next_sequence)
            .select_from(known)
            .join(tables.heads, head.session == known.c.session)
            .join(log, and_(log.c.row == head.last_row, log.c.session == head.session))
            .where(
                known.c.session.in_([one.session_row for one in due]),
                log.c.sequence >= known.c.next_sequence,
            )
            .cte("walk", recursive=True)
        )
        walk = walk.union_all(
            self._select(log, *columns, walk.c.next_sequence).where(
                log.c.row == walk.c.previous_row,
                log.c.session == walk.c.session,
                log.c.sequence >= walk.c.next_sequence,
            )
        )
        query = (
            select(walk.c.session, sessions.id, *(log.c[name] for name in StoredBatch.__slots__))
            .join(walk, walk.c.row == log.c.row)
            .join(tables.sessions, sessions.row == walk.c.session)
            .where(walk.c.sequence < walk.c.next_sequence + most)
        )
        # In order here: a database would carry the batches themselves through its sorting.
        found: dict[tuple[int, bytes], list[StoredBatch]] = {}
        for session_row, session, *row in self._all(query):
            found.setdefault((session_row, bytes(session)), []).append(StoredBatch(*row))
        return [
            (session_row, batch)
            for (session_row, session), batches in sorted(found.items())
            for batch in self._readable(session, sorted(batches, key=attrgetter("sequence")))
        ]

    def _readable(self, session: bytes, batches: Sequence[StoredBatch]) -> Sequence[StoredBatch]:
        """None of them where one cannot be read: its trouble must not stop the other sessions."""
        try:
            return self._opened(session, batches)
        except (LogDamaged, KeyUnusable) as error:
            _log.error("a session's batches cannot be read", extra={"why": str(error)})
            return ()

    def keep_states(self, states: Sequence[NewState]) -> int:
        """Store what a round came to."""
        table = tables.scoring_states
        keep = (
            self._update(table)
            .where(
                table.c.session == bindparam("at_session"),
                table.c.claims == bindparam("at_claim"),
                table.c.worker.is_not(None),
            )
            .values(
                worker=None,
                claimed_until_us=0,
                **{name: bindparam(f"to_{name}") for name in _KEPT},
            )
        )
        # Sealed before, and one call for all: meanwhile nobody else writes, batches neither.
        rows = [self._kept(one) for one in states]
        with self._transaction() as connection:
            return connection.execute(keep, rows).rowcount if rows else 0

    def _kept(self, one: NewState) -> dict[str, object]:
        values = {f"to_{name}": getattr(one, name) for name in _KEPT}
        return {
            "at_session": one.session_row,
            "at_claim": one.claim,
            **values,
            "to_state": self._sealed_state(one),
        }

    def _sealed_state(self, one: NewState) -> bytes | None:
        place = state_place(self.organisation, one.session, one.next_sequence)
        return self._log_seal.seal(place, one.state) if one.state is not None else None

    def promise(self) -> bytes | None:
        """The promise in force."""
        row = self._one(self._select(tables.promises, tables.promises.c.document))
        return bytes(row[0]) if row else None

    def put_promise(self, document: bytes, now_us: int) -> None:
        """Put another promise in its place."""
        values = {"document": document, "set_us": now_us}
        with self._transaction() as connection:
            connection.execute(self._delete(tables.promises))
            connection.execute(self._insert(tables.promises, values))


_KEPT = ("due_us", "next_sequence", "quiet", "state", "provisional")


def _listed_by(card: StoredCard | None) -> dict[str, object]:
    return {"card": card.document if card else None, "kinds": card.kinds if card else None}


def _as_assessment(row: Any) -> StoredAssessment:
    values = {name: getattr(row, name) for name in StoredAssessment.__slots__}
    return StoredAssessment(**values | {"why": Why(row.why)})
