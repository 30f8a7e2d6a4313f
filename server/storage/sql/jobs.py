"""Sessions that wait for their score, in SQL."""

from sqlalchemy import Engine, and_, case, or_, select, update

from server.records import Job
from server.storage import tables

_CLAIM_US = 60_000_000
_RETRY_US = 5_000_000
_RETRY_DOUBLINGS_MAX = 12
_INTERRUPTED = "Interrupted"


class SqlJobs:
    """See `server.storage.protocols.jobs.Jobs`."""

    def __init__(self, reading: Engine, writing: Engine) -> None:
        self._reading = reading
        self._writing = writing

    def release(self, worker: str) -> None:
        """Give back what this worker had claimed before it died, and the attempt with it.

        Twice in a row counts: a session that ends the worker must not be tried for ever.
        """
        table = tables.scoring_jobs
        again = table.c.failure == _INTERRUPTED
        with self._writing.begin() as connection:
            connection.execute(
                update(table)
                .where(table.c.worker == worker, table.c.done.is_(False))
                .values(
                    worker=None,
                    claimed_until_us=0,
                    attempts=case((again, table.c.attempts), else_=table.c.attempts - 1),
                    failure=_INTERRUPTED,
                )
            )

    def claim(self, worker: str, now_us: int) -> Job | None:
        """Take the oldest waiting job; a claim lapses, so that a dead worker's job is re-done."""
        table = tables.scoring_jobs
        waiting = and_(
            table.c.done.is_(False),
            table.c.due_us <= now_us,
            or_(table.c.worker.is_(None), table.c.claimed_until_us < now_us),
        )
        oldest = select(table.c.session).where(waiting).order_by(table.c.due_us).limit(1)
        with self._reading.connect() as connection:
            if connection.execute(oldest).one_or_none() is None:
                return None
        take = (
            update(table)
            .where(table.c.session == oldest.scalar_subquery())
            .values(
                worker=worker,
                claimed_until_us=now_us + _CLAIM_US,
                attempts=table.c.attempts + 1,
            )
            .returning(table.c.organisation, table.c.session, table.c.attempts)
        )
        with self._writing.begin() as connection:
            row = connection.execute(take).one_or_none()
        return Job(*row) if row else None

    def fail(self, job: Job, reason: str, now_us: int) -> None:
        """Note a failure; the job is tried again later."""
        table = tables.scoring_jobs
        wait_us = _RETRY_US * 2 ** min(job.attempts, _RETRY_DOUBLINGS_MAX)
        with self._writing.begin() as connection:
            connection.execute(
                update(table)
                .where(table.c.session == job.session_row)
                .values(worker=None, failure=reason, due_us=now_us + wait_us)
            )
