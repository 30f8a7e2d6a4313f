"""Keys of organisations and people, each wrapped by the one above; holds, exports, erasures."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

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

purge_records = Table(
    "purge_records",
    metadata,
    row_column(),
    organisation_column(),
    Column("at_us", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    Index("purge_records_of", "organisation", "row"),
)

legal_holds = Table(
    "legal_holds",
    metadata,
    row_column(),
    organisation_column(),
    Column("person", ForeignKey("people.id")),
    Column("session", ForeignKey("sessions.row")),
    Column("project", ForeignKey("projects.id")),
    Column("reason", Text, nullable=False),
    Column("placed_by", String(120), nullable=False),
    Column("placed_us", BigInteger, nullable=False),
    Column("until_us", BigInteger),
    Column("lifted_by", String(120)),
    Column("lifted_us", BigInteger),
    Column("not_told_because", Text),
    Index("legal_holds_of", "organisation", "lifted_us"),
)
"""Exactly one of person, session and project is set."""

daily_work = Table(
    "daily_work",
    metadata,
    Column("organisation", ForeignKey("organisations.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("day", BigInteger, nullable=False),
    Column("claimed_until_us", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False),
)
"""What is done once a day for an organisation, by whichever node claims it."""

personal_exports = Table(
    "personal_exports",
    metadata,
    row_column(),
    organisation_column(),
    person_column(),
    Column("asked_us", BigInteger, nullable=False),
    Column("claimed_until_us", BigInteger, nullable=False),
    Column("made_us", BigInteger),
    Column("digest", LargeBinary(32)),
    Column("name", LargeBinary(32)),
    Column("person_key", BigInteger),
    Column("size_bytes", BigInteger),
    UniqueConstraint("organisation", "person"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("erased_us", BigInteger, nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
)
"""What is left of an erased session: the digests of its batches, in order, signed."""

erasures = Table(
    "erasures",
    metadata,
    Column("person", ForeignKey("people.id"), primary_key=True),
    organisation_column(),
    Column("erased_us", BigInteger, nullable=False),
    Column("erased_by", String(120), nullable=False),
    Column("done", Boolean, nullable=False),
)
