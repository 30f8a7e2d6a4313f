"""The shared store: one PostgreSQL database for many nodes."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from server.errors import StorageAway
from server.storage.group_commit import GroupCommit
from server.storage.log_seal import LogSeal
from server.storage.postgres.dumps import dump
from server.storage.postgres.engine import open_database
from server.storage.postgres.refused import why, wrong_settings
from server.storage.postgres.writer import commit_group
from server.storage.sql.store import SqlStore


class PostgresStore(SqlStore):
    """See `server.storage.protocols.Store`."""

    def __init__(self, address: str, log: LogSeal) -> None:
        self._address = address
        super().__init__(open_database(address), log)

    def writer(self, queue_max: int) -> GroupCommit:
        """The batch writer on this store."""
        return GroupCommit(partial(commit_group, self._writing), self._log_seal, queue_max)

    def check(self) -> Sequence[str]:
        """What is wrong with the store."""
        try:
            with self._reading.connect() as connection:
                wrong = wrong_settings(connection)
            return wrong + self.wrong_with_tables()
        except (SQLAlchemyError, StorageAway) as error:
            return [why(error)]

    def copy_to(self, folder: Path, told: Callable[[str, int, int], None]) -> str:
        """Dump one snapshot of the database by pg_dump."""
        told("database", 0, 0)
        return dump(self._address, folder)
