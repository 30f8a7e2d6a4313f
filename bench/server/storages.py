"""What the server keeps its evidence in: SQLite in its folder, or a real PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from bench.server.driving import on_server_cores
from server.operation.house import DataFolder
from server.operation.settings import FILE_NAME
from server.storage.postgres.engine import open_database as open_postgres
from server.storage.sqlite.engine import open_database as open_sqlite
from tests.server.postgres import Cluster

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_DATABASE = "bench"
_ASKED = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class Storage:
    """A database for one run."""

    says: str
    """What it is and how durable, for the report."""
    engine: Callable[[], Engine]
    size_bytes: Callable[[], int]
    processes: Callable[[], list[int]]
    """Its own, counted with the server's."""


@contextmanager
def storage(kind: str, data: Path) -> Iterator[Storage]:
    """Make a database for the data folder that `init` will make; it ends with the block."""
    data.mkdir(mode=0o700, parents=True)
    if kind == SQLITE:
        file = DataFolder(data).database
        yield Storage(
            "SQLite, WAL, synchronous=FULL",
            lambda: open_sqlite(file).writing,
            lambda: file.stat().st_size,
            list,
        )
        return
    with on_server_cores():
        cluster = Cluster()
    try:
        cluster.execute("CREATE DATABASE {}", _DATABASE)
        address = cluster.address(_DATABASE)
        (data / FILE_NAME).write_text(f'database = "{address}"\n', "utf-8")
        yield _postgresql(cluster, address)
    finally:
        cluster.remove()


def _postgresql(cluster: Cluster, address: str) -> Storage:
    def engine() -> Engine:
        return open_postgres(address).writing

    def ask(question: str) -> str:
        made = engine()
        with made.connect() as connection:
            answer = connection.exec_driver_sql(question).scalar_one()
        made.dispose()
        return str(answer)

    said = ", ".join(f"{name}={ask(f'SHOW {name}')}" for name in _ASKED)
    postmaster = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
    return Storage(
        f"PostgreSQL {ask('SHOW server_version')}, {said}",
        engine,
        lambda: int(ask("SELECT pg_database_size(current_database())")),
        lambda: [postmaster],
    )
