"""What platforms asked about submissions, and what was answered."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from server.storage.tables.base import (
    metadata,
    organisation_column,
    person_column,
    project_column,
    row_column,
)

submissions = Table(
    "submissions",
    metadata,
    row_column(),
    organisation_column(),
    Column("id", LargeBinary(16), nullable=False),
    Column("identifier", String(120), nullable=False),
    person_column(),
    project_column(),
    Column("asked_us", BigInteger, nullable=False),
    Column("asked", LargeBinary, nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("length_chars", BigInteger, nullable=False),
    Column("sealed", LargeBinary),
    Column("alignment", LargeBinary),
    Column("answer", String(20)),
    Column("answers", Integer, nullable=False, server_default="0"),
    Column("answered_us", BigInteger),
    Column("look_us", BigInteger),
    UniqueConstraint("organisation", "id"),
    UniqueConstraint("organisation", "identifier"),
    Index("submissions_of_organisation", "organisation", "row"),
    Index("submissions_of_person", "person", "row"),
    Index("submissions_to_look_at", "look_us"),
)
"""`look_us` says when one has to be looked at again: null, not unless something happens."""

submission_sessions = Table(
    "submission_sessions",
    metadata,
    Column("submission", ForeignKey("submissions.row"), primary_key=True),
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Index("submissions_of_session", "session"),
)

submission_answers = Table(
    "submission_answers",
    metadata,
    row_column(),
    organisation_column(),
    Column("submission", ForeignKey("submissions.row"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("answer", String(20), nullable=False),
    Column("answered_us", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("attestation", LargeBinary, nullable=False),
    UniqueConstraint("submission", "number"),
)
