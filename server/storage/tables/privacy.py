"""Keys of organisations and people, each wrapped by the one above it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table

from server.storage.tables.base import metadata, organisation_column, person_column, row_column

organisation_keys = Table(
    "organisation_keys",
    metadata,
    row_column(),
    organisation_column(),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Index("organisation_keys_of", "organisation", "row"),
)
"""The newest one wraps; older ones are there while a rotation runs."""

person_keys = Table(
    "person_keys",
    metadata,
    row_column(),
    organisation_column(),
    person_column(),
    Column("organisation_key", ForeignKey("organisation_keys.row"), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Index("person_keys_of_person", "organisation", "person", "row"),
    Index("person_keys_under", "organisation_key", "row"),
)
"""The newest one of a person seals; older ones are there while a rotation runs."""
