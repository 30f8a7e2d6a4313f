"""Sessions, batches, objects."""

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

from server.storage.tables.base import (
    metadata,
    organisation_column,
    person_column,
    project_column,
    row_column,
    session_column,
)

sessions = Table(
    "sessions",
    metadata,
    row_column(),
    organisation_column(),
    Column("id", LargeBinary(16), nullable=False),
    person_column(),
    Column("device", ForeignKey("devices.id"), nullable=False),
    project_column(),
    Column("policy_version", BigInteger, nullable=False),
    Column("agent_version", String(20), nullable=False),
    Column("opened_us", BigInteger, nullable=False),
    UniqueConstraint("organisation", "id"),
    Index("sessions_of_person", "organisation", "person", "row"),
)

heads = Table(
    "heads",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("received_us", BigInteger),
)

batches = Table(
    "batches",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("quarantined", Text),
    UniqueConstraint("session", "sequence"),
)

objects = Table(
    "objects",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("digest", LargeBinary(32), nullable=False),
    Column("content_type", String(40), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    UniqueConstraint("session", "digest"),
)

late_blankings = Table(
    "late_blankings",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("digest", LargeBinary(32), nullable=False),
    Column("kept", LargeBinary(32), nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    UniqueConstraint("session", "digest"),
)
