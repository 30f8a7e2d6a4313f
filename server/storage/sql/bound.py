"""Queries bound to one organisation, here and nowhere else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Insert,
    Select,
    Table,
    Update,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from server.errors import NameTaken


class Bound:
    """Base of the stores of one organisation: their statements can name no other."""

    def __init__(self, reading: Engine, writing: Engine, organisation: int) -> None:
        self._reading = reading
        self._writing = writing
        self.organisation = organisation

    def _select(self, table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
        return select(*(columns or (table,))).where(table.c.organisation == self.organisation)

    def _update(self, table: Table) -> Update:
        return update(table).where(table.c.organisation == self.organisation)

    def _delete(self, table: Table) -> Delete:
        return delete(table).where(table.c.organisation == self.organisation)

    def _insert(self, table: Table, values: Mapping[str, object]) -> Insert:
        return insert(table).values(**values, organisation=self.organisation)

    def _one(self, query: Select[Any]) -> Any | None:
        """The row, or None. Rows are untyped: their types changed between SQLAlchemy releases."""
        with self._reading.connect() as connection:
            return connection.execute(query).one_or_none()

    def _all(self, query: Select[Any]) -> list[Any]:
        with self._reading.connect() as connection:
            return list(connection.execute(query).all())

    def _forget_overwritten(self) -> None:
        """Take deleted bytes out of the write-ahead log too, as far as readers let it."""
        with self._reading.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is not None:
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._writing.begin() as connection:
            yield connection


@contextmanager
def taken(sentence: str) -> Iterator[None]:
    """Raise `NameTaken` with this sentence where a name must be unique and is not."""
    try:
        yield
    except IntegrityError as error:
        raise NameTaken(sentence) from error
