"""Queries bound to one organisation, here and nowhere else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from server.errors import NameTaken
from server.records.announcements import Happened
from server.storage.sql.database import Database
from server.storage.tables import announcements


class Bound:
    """Base of the stores of one organisation: their statements can name no other."""

    def __init__(self, database: Database, organisation: int) -> None:
        self._database = database
        self._reading = database.reading
        self._writing = database.writing
        self.organisation = organisation

    def _select(self, table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
        return select(*(columns or (table,))).where(table.c.organisation == self.organisation)

    def _update(self, table: Table) -> Update:
        return update(table).where(table.c.organisation == self.organisation)

    def _delete(self, table: Table) -> Delete:
        return delete(table).where(table.c.organisation == self.organisation)

    def _insert(self, table: Table, values: Mapping[str, object]) -> Insert:
        """A row of this organisation; refused (IntegrityError) if it refers to another's."""
        return insert(table).values(**values, organisation=self._if_own(table, values))

    def _if_own(self, table: Table, values: Mapping[str, object]) -> ColumnElement[Any] | int:
        """The organisation, or NULL where a row that is referred to is not the organisation's."""
        own = [
            exists().where(column == values[name], column.table.c.organisation == self.organisation)
            for name, column in _references(table)
            if values.get(name) is not None
        ]
        if not own:
            return self.organisation
        return case((and_(*own), literal(self.organisation)), else_=null())

    def _one(self, query: Select[Any]) -> Any | None:
        """The row, or None. Rows are untyped: their types changed between SQLAlchemy releases."""
        with self._reading.connect() as connection:
            return connection.execute(query).one_or_none()

    def _all(self, query: Select[Any]) -> list[Any]:
        with self._reading.connect() as connection:
            return list(connection.execute(query).all())

    def _announce(self, connection: Connection, kind: Happened, subject: str, now_us: int) -> None:
        """Note that something happened, in the transaction that makes it so."""
        values = {"at_us": now_us, "kind": kind.value, "subject": subject}
        connection.execute(self._insert(announcements, values))

    @contextmanager
    def _transaction(self, *, alone: bool = True) -> Iterator[Connection]:
        """A transaction, by default the only one that changes this organisation's data.

        What it reads then still holds when it writes. `alone=False` is for statements that are
        safe beside any other, such as one insert or one conditional update.
        """
        with self._writing.begin() as connection:
            if alone:
                self._database.alone(connection, self.organisation)
            yield connection


def unindexed(column: Column[Any], default: object) -> ColumnElement[Any]:
    """A column by which no index is taken, where SQLite would walk a whole one for it.

    Without statistics it takes an organisation, or a project, for a few rows.
    """
    return func.coalesce(column, default)


def _references(table: Table) -> Iterator[tuple[str, Column[Any]]]:
    """Columns that refer to a row of some organisation, each with what it refers to."""
    for column in table.columns:
        for key in column.foreign_keys:
            if "organisation" in key.column.table.c:
                yield column.name, key.column


@contextmanager
def taken(sentence: str, **values: object) -> Iterator[None]:
    """Raise `NameTaken` with this sentence where a name must be unique and is not."""
    try:
        yield
    except IntegrityError as error:
        raise NameTaken(sentence, **values) from error
