"""What the stores in SQL ask of a database, and each database does in its own way."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine


class Database(Protocol):
    """A database that holds the tables."""

    @property
    def reading(self) -> Engine:
        """For reading: outside of any transaction that others wait for."""

    @property
    def writing(self) -> Engine:
        """For transactions whose commits are on the disk when they return."""

    def alone(self, connection: Connection, organisation: int) -> None:
        """Wait until this transaction is the only one that changes the organisation's data."""

    def changing_tables(self) -> AbstractContextManager[Connection]:
        """A transaction in which tables may change; of many nodes, one at a time has it."""

    def forget_overwritten(self) -> bool:
        """Take deleted bytes out of the database's files, as far as it can; whether all are out."""
