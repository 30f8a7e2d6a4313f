"""The embedded store: one SQLite file."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from server.errors import StorageAway
from server.storage.log_seal import LogSeal
from server.storage.sql.store import SqlStore
from server.storage.sqlite.engine import open_database
from server.storage.sqlite.snapshots import Told, copy_database
from server.storage.sqlite.writer import SqliteBatchWriter


class SqliteStore(SqlStore):
    """See `server.storage.protocols.Store`."""

    def __init__(self, path: Path, log: LogSeal) -> None:
        self._path = path
        super().__init__(open_database(path), log)

    def writer(self, queue_max: int) -> SqliteBatchWriter:
        """The batch writer on this store."""
        return SqliteBatchWriter(self._path, self._log_seal, queue_max)

    def check(self) -> Sequence[str]:
        """What is wrong with the store."""
        try:
            with self._reading.connect() as connection:
                answers = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
            wrong = self.wrong_with_tables()
        except (SQLAlchemyError, StorageAway) as error:
            return [f"the database cannot be read ({type(error).__name__})"]
        return [*(f"database: {answer}" for answer in answers if answer != "ok"), *wrong]

    def copy_to(self, folder: Path, told: Told) -> str:
        """Copy the database as it is at one moment, while it is used."""
        copy_database(self._path, folder / self._path.name, told)
        (folder / self._path.name).chmod(0o600)
        return self._path.name
