"""Hours that payroll counts, and minutes that are held back for a while."""

from sqlalchemy import BigInteger, Column, Index, String, Table, text

from server.storage.tables.base import metadata, organisation_column, row_column, session_column

_IN_FORCE = text("ended_us IS NULL")

holds = Table(
    "holds",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("start_us", BigInteger, nullable=False),
    Column("end_us", BigInteger, nullable=False),
    Column("held_us", BigInteger, nullable=False),
    Column("lapses_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("ended_why", String(20)),
    Index("holds_of_session", "session"),
    Index("holds_due", "lapses_us", sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
)
"""Stretches of session time whose pay waits; never deleted, so that a hold can be explained."""
