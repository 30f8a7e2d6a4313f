"""Organisations, their people, and who may ask for them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from server.storage.tables.base import (
    metadata,
    organisation_column,
    project_column,
    row_column,
)

organisations = Table(
    "organisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("created_us", BigInteger, nullable=False),
    Column("second_factor_required", Boolean, nullable=False, default=False),
    Column("log_quiet_us", BigInteger),
)
"""`log_quiet_us`: since when no batch was found in the log that is not sealed
(`server.storage.sql.log`)."""

people = Table(
    "people",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    organisation_column(),
    Column("name", String(120), nullable=False),
    Column("role", String(20), nullable=False),
    Column("login", String(120), unique=True),
    Column("password_hash", Text),
    Column("epoch", Integer, nullable=False, default=0),
    Column("removed_us", BigInteger),
    Column("language", String(10)),
    UniqueConstraint("organisation", "name"),
    Index("people_of_organisation", "organisation", "id"),
    Index(
        "people_removed",
        "removed_us",
        sqlite_where=text("removed_us IS NOT NULL"),
        postgresql_where=text("removed_us IS NOT NULL"),
    ),
)

teams = Table(
    "teams",
    metadata,
    row_column(),
    organisation_column(),
    Column("name", String(120), nullable=False),
    UniqueConstraint("organisation", "name"),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team", ForeignKey("teams.row"), primary_key=True),
    Column("person", ForeignKey("people.id"), primary_key=True, index=True),
    organisation_column(),
    Column("leads", Boolean, nullable=False),
)

project_teams = Table(
    "project_teams",
    metadata,
    row_column(),
    organisation_column(),
    project_column(),
    Column("team", ForeignKey("teams.row"), nullable=False),
    UniqueConstraint("project", "team"),
)

platform_keys = Table(
    "platform_keys",
    metadata,
    row_column(),
    organisation_column(),
    Column("name", String(120), nullable=False),
    Column("key_hash", LargeBinary(32), nullable=False, unique=True),
    Column("scopes", String(400), nullable=False),
    Column("created_us", BigInteger),
    Column("used_us", BigInteger),
    Column("revoked_us", BigInteger),
    UniqueConstraint("organisation", "name"),
)

typing_samples = Table(
    "typing_samples",
    metadata,
    Column("person", ForeignKey("people.id"), primary_key=True),
    organisation_column(),
    Column("message", LargeBinary, nullable=False),
    Column("stored_us", BigInteger, nullable=False),
)
