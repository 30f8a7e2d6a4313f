"""PostgreSQL connections as the server needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, Connection, Engine, create_engine, func, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from server.errors import ConfigInvalid, DataFolderUnusable, StorageAway
from server.storage.postgres.refused import check_version, why
from server.storage.sql.failures import PatientPool, tell_when_away

_MIGRATION_LOCK = 0x5645_5249_5459_5045
_CONNECT_S = 5
_UNANSWERED_MS = 15_000
_POOL = 10
_POOL_BURST = 30
_POOL_WAIT_S = 10
_SESSION = (
    # An acknowledgement means on the disk, whatever the database's default is.
    "-c synchronous_commit=on"
    " -c statement_timeout=60s"
    " -c lock_timeout=15s"
    " -c idle_in_transaction_session_timeout=60s"
    " -c timezone=UTC"
)
_ORGANISATION_LOCKS = 0x5654
"""The first half of the keys under which transactions wait for each other."""


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """See `server.storage.sql.database.Database`."""

    reading: Engine
    writing: Engine

    def alone(self, connection: Connection, organisation: int) -> None:
        """Wait for the organisation's lock; it is let go with the transaction."""
        connection.execute(select(func.pg_advisory_xact_lock(_ORGANISATION_LOCKS, organisation)))

    @contextmanager
    def changing_tables(self) -> Iterator[Connection]:
        """A transaction that holds the lock of migrations; it is let go with the transaction.

        Raises:
            DataFolderUnusable: the database cannot be used, and why.
        """
        try:
            with self.writing.begin() as connection:
                check_version(connection)
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                yield connection
        except (SQLAlchemyError, StorageAway) as error:
            raise DataFolderUnusable(why(error)) from error

    def forget_overwritten(self) -> bool:
        """Nothing: the space is PostgreSQL's to use again, at the next vacuum."""
        return False


def open_database(address: str) -> PostgresDatabase:
    """A database whose commits are on the disk when they return. Connects when first asked.

    Raises:
        ConfigInvalid: the address is none.
    """
    engine = create_engine(
        _url(address),
        poolclass=PatientPool,
        pool_size=_POOL,
        max_overflow=_POOL_BURST,
        pool_timeout=_POOL_WAIT_S,
        # A connection that died in the pool is noticed before it is used.
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _CONNECT_S,
            "keepalives_idle": 30,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": _UNANSWERED_MS,
            "application_name": "veritype",
            "options": _SESSION,
        },
    )
    tell_when_away(engine)
    return PostgresDatabase(engine.execution_options(isolation_level="AUTOCOMMIT"), engine)


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        # Without the cause: it quotes the address, and with it the password.
        raise ConfigInvalid("settings: database is not a postgresql:// address") from None
    if url.get_backend_name() != "postgresql":
        raise ConfigInvalid("settings: database is not a postgresql:// address")
    return url.set(drivername="postgresql+psycopg")
