"""Where an organisation wants to be told, what is to be sent there, and each attempt."""

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

from server.storage.tables.base import metadata, organisation_column, row_column

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    row_column(),
    organisation_column(),
    Column("id", LargeBinary(16), nullable=False, unique=True),
    Column("url", String(500), nullable=False),
    Column("kinds", String(1_000), nullable=False),
    Column("sealed_secret", LargeBinary(200), nullable=False),
    Column("sealed_previous", LargeBinary(200)),
    Column("previous_until_us", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("paused_us", BigInteger),
    Column("paused_why", String(20)),
    Column("failures", Integer, nullable=False),
    Column("failing_since_us", BigInteger),
    Column("due_us", BigInteger, nullable=False),
    Index("webhook_endpoints_of_organisation", "organisation", "row"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    row_column(),
    organisation_column(),
    Column("endpoint", ForeignKey("webhook_endpoints.row"), nullable=False),
    Column("announcement", ForeignKey("announcements.row"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    UniqueConstraint("endpoint", "announcement"),
    Index("webhook_deliveries_of_endpoint", "endpoint", "row"),
    Index("webhook_deliveries_due", "endpoint", "state", "due_us"),
    Index("webhook_deliveries_ended", "ended_us"),
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    row_column(),
    organisation_column(),
    Column("delivery", ForeignKey("webhook_deliveries.row"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("status", Integer),
    Column("error", String(40)),
    Column("answer", String(200), nullable=False),
    Index("webhook_attempts_of_delivery", "delivery", "row"),
)
