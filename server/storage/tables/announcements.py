"""What happened, in order, for whoever has to be told."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, UniqueConstraint, text

from server.storage.tables.base import metadata, organisation_column, row_column

announcements = Table(
    "announcements",
    metadata,
    row_column(),
    organisation_column(),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("number", Integer),
    UniqueConstraint("organisation", "number"),
    Index("announcements_of_organisation", "organisation", "row"),
    Index(
        "announcements_untold",
        "organisation",
        "row",
        sqlite_where=text("number IS NULL"),
        postgresql_where=text("number IS NULL"),
    ),
)
