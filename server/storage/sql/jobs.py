"""Work that waits for a scorer, in SQL.

`FOR UPDATE SKIP LOCKED` is left out by SQLAlchemy where a database has no such thing: SQLite, whose
writers take turns.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Engine, Table, and_, case, func, or_, select, update

from server.errors import KeyUnusable, LogDamaged
from server.records import ROUND_US, DueState, Job, Waiting, Why
from server.storage import tables
from server.storage.log_seal import LogSeal, is_sealed, state_place
from server.storage.sql.database import Database

_log = logging.getLogger(__name__)

_CLAIM_US = 60_000_000
_RETRY_US = 5_000_000
_RETRY_DOUBLINGS_MAX = 12
_INTERRUPTED = "Interrupted"


class SqlJobs:
    """See `server.storage.protocols.jobs.Jobs`."""

    _database: Database
    _reading: Engine
    _writing: Engine
    _log_seal: LogSeal

    def release(self, worker: str) -> None:
        """Give back what this worker had claimed before it died, and the attempt with it.

        Twice in a row counts: a session that ends the worker must not be tried for ever.
        """
        jobs, states = tables.scoring_jobs, tables.scoring_states
        again = jobs.c.failure == _INTERRUPTED
        free = {"worker": None, "claimed_until_us": 0}
        with self._writing.begin() as connection:
            connection.execute(
                update(jobs)
                .where(jobs.c.worker == worker, jobs.c.done.is_(False))
                .values(
                    attempts=case((again, jobs.c.attempts), else_=jobs.c.attempts - 1),
                    failure=_INTERRUPTED,
                    **free,
                )
            )
            # A look is only put off: one of these may have ended the worker, and must not come
            # first again before all others.
            connection.execute(
                update(states)
                .where(states.c.worker == worker)
                .values(due_us=states.c.due_us + ROUND_US, **free)
            )

    def claim(self, worker: str, now_us: int) -> Job | None:
        """Take a job; a claim lapses, so that a dead worker's job is re-done."""
        table = tables.scoring_jobs
        first = (
            select(table.c.session)
            .where(table.c.done.is_(False), _free(table, now_us))
            .order_by(table.c.priority, table.c.due_us)
            .limit(1)
        )
        with self._reading.connect() as connection:
            if connection.execute(first).one_or_none() is None:
                return None
        columns = (table.c.organisation, table.c.session, table.c.attempts, table.c.claims)
        with self._writing.begin() as connection:
            session = connection.execute(
                first.with_for_update(skip_locked=True)
            ).scalar_one_or_none()
            if session is None:
                return None
            row = connection.execute(
                update(table)
                .where(table.c.session == session)
                .values(attempts=table.c.attempts + 1, **_claimed(table, worker, now_us))
                .returning(*columns, table.c.due_us, table.c.why)
            ).one()
        why = Why(row.why)
        return Job(row.organisation, row.session, row.attempts, worker, row.claims, row.due_us, why)

    def fail(self, job: Job, reason: str, now_us: int) -> None:
        """Note a failure; the job is tried again later."""
        wait_us = _RETRY_US * 2 ** min(job.attempts, _RETRY_DOUBLINGS_MAX)
        self._let_go(job, due_us=now_us + wait_us, failure=reason)

    def put_off(self, job: Job, now_us: int) -> None:
        """Try a job again later, and give its attempt back."""
        attempts = tables.scoring_jobs.c.attempts - 1
        self._let_go(job, due_us=now_us + _RETRY_US, attempts=attempts)

    def _let_go(self, job: Job, **values: object) -> None:
        table = tables.scoring_jobs
        claimed = (table.c.session == job.session_row, table.c.claims == job.claim)
        with self._writing.begin() as connection:
            connection.execute(update(table).where(*claimed).values(worker=None, **values))

    def claim_states(self, worker: str, now_us: int, limit: int) -> Sequence[DueState]:
        """Take open sessions that are due."""
        table, sessions = tables.scoring_states, tables.sessions
        due = (
            select(table.c.session)
            .where(_free(table, now_us))
            .order_by(table.c.due_us)
            .limit(limit)
        )
        with self._reading.connect() as connection:
            if connection.execute(due.limit(1)).one_or_none() is None:
                return []
        with self._writing.begin() as connection:
            rows = list(connection.execute(due.with_for_update(skip_locked=True)).scalars())
            connection.execute(
                update(table)
                .where(table.c.session.in_(rows))
                .values(**_claimed(table, worker, now_us))
            )
        # Read apart, so that the write lock is not held meanwhile: nobody else has these now.
        query = (
            select(
                table.c.organisation,
                table.c.session,
                sessions.c.id,
                sessions.c.project,
                sessions.c.policy_version,
                table.c.claims,
                table.c.due_us,
                table.c.next_sequence,
                table.c.quiet,
                table.c.state,
            )
            .join(sessions, sessions.c.row == table.c.session)
            .where(table.c.session.in_(rows), table.c.worker == worker)
        )
        with self._reading.connect() as connection:
            due_rows: list[Any] = list(connection.execute(query).all())
        found = [DueState(*row) for row in due_rows]
        return [replace(due, state=self._state(due)) for due in found]

    def _state(self, due: DueState) -> bytes | None:
        """Nothing too where an older version left it unsealed: it is made anew."""
        if due.state is None or not is_sealed(due.state):
            return None
        place = state_place(due.organisation, due.session, due.next_sequence)
        try:
            return self._log_seal.open(place, due.state)
        except (LogDamaged, KeyUnusable) as error:
            _log.info("a state is made anew", extra={"why": str(error)})
            return None

    def waiting(self, now_us: int) -> Waiting:
        """How much is due and not done."""
        jobs, states = tables.scoring_jobs, tables.scoring_states
        of_jobs = select(func.count(jobs.c.session), func.min(jobs.c.due_us)).where(
            jobs.c.done.is_(False), jobs.c.due_us <= now_us
        )
        of_states = select(func.count(states.c.session), func.min(states.c.due_us)).where(
            states.c.due_us <= now_us
        )
        with self._reading.connect() as connection:
            waiting = (connection.execute(query).one() for query in (of_jobs, of_states))
            (jobs_count, oldest_job), (states_count, oldest_state) = waiting
        return Waiting(jobs_count, oldest_job, states_count, oldest_state)


def _free(table: Table, now_us: int) -> ColumnElement[bool]:
    """Due, and nobody's or the claim lapsed."""
    return and_(
        table.c.due_us <= now_us,
        or_(table.c.worker.is_(None), table.c.claimed_until_us < now_us),
    )


def _claimed(table: Table, worker: str, now_us: int) -> dict[str, object]:
    return {
        "worker": worker,
        "claimed_until_us": now_us + _CLAIM_US,
        "claims": table.c.claims + 1,
    }
