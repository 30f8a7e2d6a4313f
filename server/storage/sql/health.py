"""What an operator asks of the store: can it be written, is the schema right, what waits?"""

from sqlalchemy import Engine, func, select, update

from server.records import ATTEMPTS_MAX
from server.records.operation import Backlog, SchemaState
from server.storage import tables
from server.storage.sql.upgrading import schema_state

_LATELY_US = 300_000_000
_LATELY_ROWS = 5_000
"""So far is looked back at most: no scrape may read a table of a million rows."""


class SqlHealth:
    """See `server.storage.protocols.operation.Health`."""

    def __init__(self, reading: Engine, writing: Engine) -> None:
        self._reading = reading
        self._writing = writing

    def schema(self) -> SchemaState:
        """The schema beside what this code needs."""
        return schema_state(self._reading)

    def check_writable(self) -> None:
        """Begin to write, and change nothing; raises what the driver raises."""
        table = tables.organisations
        nobody = update(table).where(table.c.id == -1).values(created_us=table.c.created_us)
        with self._writing.begin() as connection:
            connection.execute(nobody)

    def backlog(self, now_us: int) -> Backlog:
        """What waits for a score and what was scored."""
        jobs, facts, heads = tables.scoring_jobs, tables.assessments, tables.heads
        waiting = select(func.count(), func.min(jobs.c.due_us)).where(
            jobs.c.done.is_(False), jobs.c.attempts < ATTEMPTS_MAX
        )
        failed = select(func.count()).where(jobs.c.done.is_(False), jobs.c.attempts >= ATTEMPTS_MAX)
        newest = select(func.max(facts.c.row)).scalar_subquery()
        lately = (
            select(func.count(), func.max(facts.c.created_us - heads.c.received_us))
            .join(heads, heads.c.session == facts.c.session)
            .where(facts.c.row > newest - _LATELY_ROWS, facts.c.created_us >= now_us - _LATELY_US)
        )
        with self._reading.connect() as connection:
            count, oldest_us = connection.execute(waiting).one()
            decided, delay_us = connection.execute(lately).one()
            return Backlog(
                waiting=count,
                oldest_due_us=oldest_us,
                failed=connection.execute(failed).scalar_one(),
                assessments=connection.execute(select(func.max(facts.c.row))).scalar() or 0,
                decided_lately=decided,
                decision_delay_max_s=(delay_us or 0) / 1e6,
            )
