"""The embedded store: one SQLite file."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from server.records import ATTEMPTS_MAX
from server.storage import tables
from server.storage.sql.compactions import SqlCompactionQueue
from server.storage.sql.doors import SqlDoors
from server.storage.sql.health import SqlHealth
from server.storage.sql.jobs import SqlJobs
from server.storage.sql.upgrading import pending, upgrade
from server.storage.sql.upkeep import SqlUpkeep
from server.storage.sqlite.engine import open_engine, writing
from server.storage.sqlite.snapshots import Told, copy_database
from server.storage.sqlite.writer import SqliteBatchWriter


class SqliteStore(SqlDoors, SqlJobs, SqlCompactionQueue, SqlHealth, SqlUpkeep):
    """See `server.storage.protocols.Store`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        engine = open_engine(path)
        super().__init__(engine, writing(engine))

    def writer(self, queue_max: int) -> SqliteBatchWriter:
        """The batch writer on this store."""
        return SqliteBatchWriter(self._path, queue_max)

    def migrate(self, *, contract: bool = True) -> Sequence[str]:
        """Bring the schema to this version; the steps that were taken."""
        return upgrade(self._reading, contract=contract)

    def pending(self) -> tuple[Sequence[str], Sequence[str]]:
        """Steps that are due: those that may run now, and those from the first contract step."""
        return pending(self._reading)

    def check(self) -> Sequence[str]:
        """What is wrong with the store."""
        try:
            state = self.schema()
            with self._reading.connect() as connection:
                answers = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
                failed = connection.execute(
                    select(tables.scoring_jobs.c.session).where(
                        tables.scoring_jobs.c.done.is_(False),
                        tables.scoring_jobs.c.attempts >= ATTEMPTS_MAX,
                    )
                ).all()
        except SQLAlchemyError as error:
            return [f"the database cannot be read ({type(error).__name__})"]
        wrong = [f"database: {answer}" for answer in answers if answer != "ok"]
        if state.missing:
            wrong.append("the schema is too old for this version: run 'veritype-server migrate'")
        if failed:
            wrong.append(f"{len(failed)} sessions could not be scored; see the log")
        return wrong

    def copy_to(self, folder: Path, told: Told) -> str:
        """Copy the database as it is at one moment, while it is used."""
        copy_database(self._path, folder / self._path.name, told)
        (folder / self._path.name).chmod(0o600)
        return self._path.name

    def close(self) -> None:
        """Let go of all connections."""
        self._reading.dispose()
