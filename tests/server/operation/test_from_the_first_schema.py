"""A database of the very first schema, with something in every table, comes up to this version."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    insert,
    inspect,
    select,
)

from server import migrations
from server.storage.log_seal import LogSeal
from server.storage.postgres.store import PostgresStore
from server.storage.sql.store import SqlStore
from server.storage.sqlite.store import SqliteStore
from tests.server.storages import EMBEDDED, Services

NOT_DATA = {"alembic_version"}
WORDS = {"role": "trainer"}
"""Of columns that take some words alone."""


@pytest.fixture
def store(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store without any tables."""
    if storage == EMBEDDED:
        made: SqlStore = SqliteStore(tmp_path / "veritype.db", LogSeal(None))
        yield made
        made.close()
        return
    services: Services = request.getfixturevalue("services")
    services.postgres.execute("CREATE DATABASE first_schema")
    made = PostgresStore(services.postgres.address("first_schema"), LogSeal(None))
    yield made
    made.close()
    services.postgres.drop("first_schema")


def value_of(column: Column[Any]) -> object:
    """Something that fits into a column; the same wherever another refers to it."""
    for key in column.foreign_keys:
        return value_of(key.column)
    if isinstance(column.type, LargeBinary):
        return bytes([1]) * 16
    if isinstance(column.type, Boolean):
        return False
    return 1 if isinstance(column.type, Integer) else WORDS.get(column.name, "x")


def kept(connection: Connection, like: MetaData) -> dict[str, list[tuple[object, ...]]]:
    """All rows of these tables, in the columns that are still there."""
    there = inspect(connection)
    found = {}
    for table in like.sorted_tables:
        names = {column["name"] for column in there.get_columns(table.name)}
        columns = [column for column in table.columns if column.name in names]
        found[table.name] = [tuple(row) for row in connection.execute(select(*columns))]
    return found


def test_everything_of_the_first_schema_is_there_after_all_steps(store: SqlStore) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    first = MetaData()
    with store._writing.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
        first.reflect(connection)
        tables = [table for table in first.sorted_tables if table.name not in NOT_DATA]
        for table in tables:
            values = {column.name: value_of(column) for column in table.columns}
            connection.execute(insert(table).values(values))
        connection.commit()
        for name in NOT_DATA:
            first.remove(first.tables[name])
        assert store.schema().found == "0001"
    store.migrate()
    assert store.schema().missing == ()
    with store._reading.connect() as connection:
        after = kept(connection, first)
        assert {name: len(rows) for name, rows in after.items()} == dict.fromkeys(after, 1)
    assert [organisation.name for organisation in store.organisations()] == ["x"]
    assert [person.name for person in store.of(1).people()] == ["x"]
