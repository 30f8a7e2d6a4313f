"""The tables. Every one but `organisations` carries its organisation."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()


def _organisation() -> Column[int]:
    return Column("organisation", ForeignKey("organisations.id"), nullable=False)


def _row() -> Column[int]:
    return Column("row", Integer, primary_key=True)


def _session() -> Column[int]:
    return Column("session", ForeignKey("sessions.row"), nullable=False)


def _person() -> Column[bytes]:
    return Column("person", ForeignKey("people.id"), nullable=False)


def _project() -> Column[bytes]:
    return Column("project", ForeignKey("projects.id"), nullable=False)


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
    _organisation(),
    Column("name", String(120), nullable=False),
    Column("role", String(20), nullable=False),
    Column("login", String(120), unique=True),
    Column("password_hash", Text),
    UniqueConstraint("organisation", "name"),
)

projects = Table(
    "projects",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    _organisation(),
    Column("name", String(120), nullable=False),
    UniqueConstraint("organisation", "name"),
)

policies = Table(
    "policies",
    metadata,
    _row(),
    _organisation(),
    _project(),
    Column("version", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    UniqueConstraint("project", "version"),
)

pairing_codes = Table(
    "pairing_codes",
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    _organisation(),
    _person(),
    Column("expires_us", BigInteger, nullable=False),
    Column("used_us", BigInteger),
)

devices = Table(
    "devices",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    _organisation(),
    _person(),
    Column("public_key", LargeBinary(32), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("platform", String(120), nullable=False),
    Column("agent_version", String(20), nullable=False),
    Column("enrolled_us", BigInteger, nullable=False),
)

platform_keys = Table(
    "platform_keys",
    metadata,
    _row(),
    _organisation(),
    Column("name", String(120), nullable=False),
    Column("key_hash", LargeBinary(32), nullable=False, unique=True),
    UniqueConstraint("organisation", "name"),
)

consents = Table(
    "consents",
    metadata,
    _row(),
    _organisation(),
    _person(),
    _project(),
    Column("policy_version", BigInteger, nullable=False),
    Column("policy_digest", LargeBinary(32), nullable=False),
    Column("accepted_us", BigInteger, nullable=False),
    Index("consents_of_person", "person", "project", "accepted_us"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    _row(),
    _organisation(),
    _person(),
    _project(),
    Column("withdrawn_us", BigInteger, nullable=False),
    Index("withdrawals_of_person", "person", "project", "withdrawn_us"),
)

sessions = Table(
    "sessions",
    metadata,
    _row(),
    _organisation(),
    Column("id", LargeBinary(16), nullable=False),
    _person(),
    Column("device", ForeignKey("devices.id"), nullable=False),
    _project(),
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
    _organisation(),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("received_us", BigInteger),
)

batches = Table(
    "batches",
    metadata,
    _row(),
    _organisation(),
    _session(),
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
    _row(),
    _organisation(),
    _session(),
    Column("digest", LargeBinary(32), nullable=False),
    Column("content_type", String(40), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    UniqueConstraint("session", "digest"),
)

late_blankings = Table(
    "late_blankings",
    metadata,
    _row(),
    _organisation(),
    _session(),
    Column("digest", LargeBinary(32), nullable=False),
    Column("kept", LargeBinary(32), nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    UniqueConstraint("session", "digest"),
)

typing_samples = Table(
    "typing_samples",
    metadata,
    Column("person", ForeignKey("people.id"), primary_key=True),
    _organisation(),
    Column("message", LargeBinary, nullable=False),
    Column("stored_us", BigInteger, nullable=False),
)

scoring_jobs = Table(
    "scoring_jobs",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    _organisation(),
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
    _row(),
    _organisation(),
    _session(),
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
    _organisation(),
    Column("document", LargeBinary, nullable=False),
    Column("assessment", ForeignKey("assessments.row"), nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    _row(),
    _organisation(),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
)
