"""The append-only log."""

from sqlalchemy import BigInteger, Column, String, Table

from server.storage.tables.base import metadata, organisation_column, row_column

audit_log = Table(
    "audit_log",
    metadata,
    row_column(),
    organisation_column(),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
)
