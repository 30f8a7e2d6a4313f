"""Requests that must be done once, and their answers."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from server.storage.tables.base import metadata, organisation_column, row_column

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    row_column(),
    organisation_column(),
    Column("key_hash", LargeBinary(32), nullable=False),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("begun_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("route", String(200)),
    Column("status", Integer),
    Column("sealed", LargeBinary),
    UniqueConstraint("organisation", "key_hash"),
    Index("idempotency_keys_expired", "expires_us"),
)
