"""Projects, their policies, and who agreed to them."""

from sqlalchemy import (
    BigInteger,
    Column,
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

projects = Table(
    "projects",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    organisation_column(),
    Column("name", String(120), nullable=False),
    Column("reviews_a_day", Integer),
    Column("unreviewed_day", Integer),
    UniqueConstraint("organisation", "name"),
)

policies = Table(
    "policies",
    metadata,
    row_column(),
    organisation_column(),
    project_column(),
    Column("version", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("author", String(120)),
    Column("created_us", BigInteger),
    UniqueConstraint("project", "version"),
)

consents = Table(
    "consents",
    metadata,
    row_column(),
    organisation_column(),
    person_column(),
    project_column(),
    Column("policy_version", BigInteger, nullable=False),
    Column("policy_digest", LargeBinary(32), nullable=False),
    Column("accepted_us", BigInteger, nullable=False),
    Index("consents_of_person", "person", "project", "accepted_us"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    row_column(),
    organisation_column(),
    person_column(),
    project_column(),
    Column("withdrawn_us", BigInteger, nullable=False),
    Index("withdrawals_of_person", "person", "project", "withdrawn_us"),
)
