"""What signing in needs: second factors, identities elsewhere, links that work once, attempts.

`attempts` alone carries no organisation: it counts before anybody is known.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from server.storage.tables.base import metadata, organisation_column, person_column, row_column

second_factors = Table(
    "second_factors",
    metadata,
    Column("person", ForeignKey("people.id"), primary_key=True),
    organisation_column(),
    Column("sealed", LargeBinary, nullable=False),
    Column("confirmed_us", BigInteger),
    Column("last_step", BigInteger, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    row_column(),
    organisation_column(),
    person_column(),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("used_us", BigInteger),
    UniqueConstraint("person", "code_hash"),
)

identities = Table(
    "identities",
    metadata,
    row_column(),
    organisation_column(),
    person_column(),
    Column("issuer", String(300), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("bound_us", BigInteger, nullable=False),
    UniqueConstraint("organisation", "issuer", "subject"),
    UniqueConstraint("person", "issuer"),
)

identity_providers = Table(
    "identity_providers",
    metadata,
    Column("organisation", ForeignKey("organisations.id"), primary_key=True),
    Column("issuer", String(300), nullable=False),
    Column("client_id", String(255), nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    row_column(),
    organisation_column(),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("email", String(120)),
    Column("invited_by", String(120), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("used_us", BigInteger),
    Column("withdrawn", Boolean, nullable=False),
    Index("invitations_of_email", "organisation", "email"),
)

invitation_teams = Table(
    "invitation_teams",
    metadata,
    Column("invitation", ForeignKey("invitations.row"), primary_key=True),
    Column("team", ForeignKey("teams.row"), primary_key=True),
    organisation_column(),
)

password_resets = Table(
    "password_resets",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    organisation_column(),
    person_column(),
    Column("expires_us", BigInteger, nullable=False),
    Column("used_us", BigInteger),
)

attempts = Table(
    "attempts",
    metadata,
    Column("name_hash", LargeBinary(32), primary_key=True),
    Column("started_us", BigInteger, nullable=False, index=True),
    Column("count", BigInteger, nullable=False),
)
