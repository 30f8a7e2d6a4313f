"""Devices and the codes that enrol them."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, text

from server.storage.tables.base import metadata, organisation_column, person_column

pairing_codes = Table(
    "pairing_codes",
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    organisation_column(),
    person_column(),
    Column("expires_us", BigInteger, nullable=False),
    Column("used_us", BigInteger),
)

devices = Table(
    "devices",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    organisation_column(),
    person_column(),
    Column("public_key", LargeBinary(32), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("platform", String(120), nullable=False),
    Column("agent_version", String(20), nullable=False),
    Column("enrolled_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger),
    Column("seen_us", BigInteger),
    Column("observes", LargeBinary),
    Index(
        "devices_keys",
        "public_key",
        unique=True,
        sqlite_where=text("revoked_us IS NULL"),
        postgresql_where=text("revoked_us IS NULL"),
    ),
    Index("devices_of_person", "organisation", "person"),
    Index("devices_of_organisation", "organisation", "id"),
    Index(
        "devices_revoked",
        "revoked_us",
        sqlite_where=text("revoked_us IS NOT NULL"),
        postgresql_where=text("revoked_us IS NOT NULL"),
    ),
)
