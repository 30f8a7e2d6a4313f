"""What an operator asks of the store: can it be written, is the schema right, what waits?"""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, func, select, update

from server.records import ATTEMPTS_MAX
from server.records.notices import Mailing
from server.records.operation import Backlog, SchemaState
from server.records.webhooks import DeliveryState, Paused
from server.storage import tables
from server.storage.sql.database import Database
from server.storage.sql.upgrading import pending, schema_state, upgrade

_LATELY_US = 300_000_000
_LATELY_ROWS = 5_000
"""So far is looked back at most: no scrape may read a table of a million rows."""

_ENDPOINT, _DELIVERY = tables.webhook_endpoints, tables.webhook_deliveries
_PAUSED = select(func.count()).where(_ENDPOINT.c.paused_why == Paused.FAILING.value)
_NEWS = tables.announcements.c
_UNTOLD = select(func.min(_NEWS.at_us)).where(_NEWS.number.is_(None))
_GIVEN_UP = select(func.count()).where(tables.notices.c.mail == Mailing.GIVEN_UP.value)


class SqlHealth:
    """See `server.storage.protocols.operation.Health`."""

    _database: Database
    _reading: Engine
    _writing: Engine

    def schema(self) -> SchemaState:
        """The schema beside what this code needs."""
        return schema_state(self._reading)

    def migrate(self, *, contract: bool = True) -> Sequence[str]:
        """Bring the schema to this version; the steps that were taken."""
        return upgrade(self._database, contract=contract)

    def pending(self) -> tuple[Sequence[str], Sequence[str]]:
        """Steps that are due: those that may run now, and those from the first contract step."""
        return pending(self._reading)

    def wrong_with_tables(self) -> list[str]:
        """What is wrong with the schema or waits in vain; empty when nothing is."""
        state = self.schema()
        if state.unknown:
            return ["the database was made by a newer version of Veritype; run that version"]
        if state.missing:
            return ["the schema is too old for this version: run 'veritype-server migrate'"]
        jobs = tables.scoring_jobs
        failed = select(func.count()).where(jobs.c.done.is_(False), jobs.c.attempts >= ATTEMPTS_MAX)
        with self._reading.connect() as connection:
            count = connection.execute(failed).scalar_one()
        return [f"{count} sessions could not be scored; see the log"] if count else []

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
                deliveries_waiting=_deliveries(connection, DeliveryState.WAITING),
                deliveries_parked=_deliveries(connection, DeliveryState.PARKED),
                webhooks_paused=connection.execute(_PAUSED).scalar_one(),
                untold_since_us=connection.execute(_UNTOLD).scalar(),
                mail_given_up=connection.execute(_GIVEN_UP).scalar_one(),
            )


def _deliveries(connection: Connection, state: DeliveryState) -> int:
    # By endpoint, as the index is: what was delivered is not read.
    mine = _DELIVERY.c.endpoint.in_(select(_ENDPOINT.c.row))
    query = select(func.count()).where(mine, _DELIVERY.c.state == state.value)
    return int(connection.execute(query).scalar_one())
