"""What happened, in order, for whoever has to be told."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from server.storage.tables.base import metadata, organisation_column, row_column

announcements = Table(
    "announcements",
    metadata,
    row_column(),
    organisation_column(),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Index("announcements_of_organisation", "organisation", "row"),
)
