"""The embedded store: one SQLite file."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from server.records import ATTEMPTS_MAX
from server.storage import tables
from server.storage.sql.doors import SqlDoors
from server.storage.sql.jobs import SqlJobs
from server.storage.sqlite.engine import migrate, open_engine, schema_version, writing
from server.storage.sqlite.writer import SqliteBatchWriter


class SqliteStore(SqlDoors, SqlJobs):
    """See `server.storage.protocols.Store`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        engine = open_engine(path)
        super().__init__(engine, writing(engine))

    def writer(self, queue_max: int) -> SqliteBatchWriter:
        """The batch writer on this store."""
        return SqliteBatchWriter(self._path, queue_max)

    def migrate(self) -> None:
        """Bring the schema to this version."""
        migrate(self._reading)

    def check(self) -> Sequence[str]:
        """What is wrong with the store."""
        try:
            found, needed = schema_version(self._reading)
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
        if found != needed:
            wrong.append(f"the schema is version {found}; {needed} is needed: run init again")
        if failed:
            wrong.append(f"{len(failed)} sessions could not be scored; see the log")
        return wrong

    def close(self) -> None:
        """Let go of all connections."""
        self._reading.dispose()
