"""Assessments, sessions that wait for theirs, and what is known of open ones."""

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
    Column("priority", Integer, nullable=False, server_default="1"),
    Column("why", String(20), nullable=False, server_default="closed"),
    Column("claims", BigInteger, nullable=False, server_default="0"),
    Column("late_texts", Integer, nullable=False, server_default="0"),
    Index("scoring_jobs_waiting", "done", "priority", "due_us"),
)

scoring_states = Table(
    "scoring_states",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("due_us", BigInteger, nullable=False),
    Column("worker", String(80)),
    Column("claimed_until_us", BigInteger, nullable=False, server_default="0"),
    Column("claims", BigInteger, nullable=False, server_default="0"),
    Column("next_sequence", BigInteger, nullable=False, server_default="0"),
    Column("quiet", Integer, nullable=False, server_default="0"),
    Column("state", LargeBinary),
    Column("provisional", LargeBinary),
    Index("scoring_states_due", "due_us"),
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
    Column("why", String(20), nullable=False, server_default="closed"),
    Index("assessments_of_session", "session", "row"),
)

facts = Table(
    "facts",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("document", LargeBinary, nullable=False),
    Column("assessment", ForeignKey("assessments.row"), nullable=False),
    Column("card", LargeBinary),
    Column("kinds", Integer),
    Index("facts_of_organisation", "organisation", "session"),
)

promises = Table(
    "promises",
    metadata,
    Column("organisation", ForeignKey("organisations.id"), primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("set_us", BigInteger, nullable=False),
)
