"""Assessments, and sessions that wait for theirs."""

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
)

from server.storage.tables.base import metadata, organisation_column, row_column, session_column

scoring_jobs = Table(
    "scoring_jobs",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("due_us", BigInteger, nullable=False),
    Column("worker", String(80)),
    Column("claimed_until_us", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failure", Text),
    Column("done", Boolean, nullable=False),
    Index("scoring_jobs_waiting", "done", "due_us"),
)

assessments = Table(
    "assessments",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("model_version", String(80), nullable=False),
    Column("features_version", String(80), nullable=False),
    Column("band", String(20), nullable=False),
    Column("main_reason", String(80)),
    Column("document", LargeBinary, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Index("assessments_of_session", "session", "row"),
)

facts = Table(
    "facts",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("document", LargeBinary, nullable=False),
    Column("assessment", ForeignKey("assessments.row"), nullable=False),
)
