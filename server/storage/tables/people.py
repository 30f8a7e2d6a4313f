"""Organisations, their people, and who may ask for them."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from server.storage.tables.base import metadata, organisation_column, row_column

organisations = Table(
    "organisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("created_us", BigInteger, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    organisation_column(),
    Column("name", String(120), nullable=False),
    Column("role", String(20), nullable=False),
    Column("login", String(120), unique=True),
    Column("password_hash", Text),
    UniqueConstraint("organisation", "name"),
)

platform_keys = Table(
    "platform_keys",
    metadata,
    row_column(),
    organisation_column(),
    Column("name", String(120), nullable=False),
    Column("key_hash", LargeBinary(32), nullable=False, unique=True),
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
