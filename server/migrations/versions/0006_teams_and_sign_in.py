"""teams, removal of people, scopes of platform keys, and what signing in needs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_SCOPES_OF_OLD_KEYS = "assessments:read sessions:read"


def upgrade() -> None:
    """Apply."""
    _columns()
    _teams()
    _factors()
    _identities()
    _links()
    op.create_table(
        "attempts",
        sa.Column("name_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name_hash"),
    )
    op.create_index("ix_attempts_started_us", "attempts", ["started_us"])


def _columns() -> None:
    op.add_column(
        "organisations",
        sa.Column(
            "second_factor_required", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    op.add_column("people", sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("people", sa.Column("removed_us", sa.BigInteger(), nullable=True))
    removed = sa.text("removed_us IS NOT NULL")
    op.create_index(
        "people_removed", "people", ["removed_us"], sqlite_where=removed, postgresql_where=removed
    )
    scopes = sa.String(length=400)
    op.add_column(
        "platform_keys",
        sa.Column("scopes", scopes, nullable=False, server_default=_SCOPES_OF_OLD_KEYS),
    )
    for name in ("created_us", "used_us", "revoked_us"):
        op.add_column("platform_keys", sa.Column(name, sa.BigInteger(), nullable=True))


def _teams() -> None:
    op.create_table(
        "teams",
        _row(),
        *_organisation(),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("organisation", "name"),
    )
    op.create_table(
        "team_members",
        *_reference("team", "teams.row", _ROW),
        *_person(),
        *_organisation(),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team", "person"),
    )
    op.create_index("ix_team_members_person", "team_members", ["person"])
    op.create_table(
        "project_teams",
        _row(),
        *_organisation(),
        *_reference("project", "projects.id", sa.LargeBinary(length=16)),
        *_reference("team", "teams.row", _ROW),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("project", "team"),
    )


def _factors() -> None:
    op.create_table(
        "second_factors",
        *_person(),
        *_organisation(),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_us", sa.BigInteger(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "recovery_codes",
        _row(),
        *_organisation(),
        *_person(),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("person", "code_hash"),
    )


def _identities() -> None:
    op.create_table(
        "identities",
        _row(),
        *_organisation(),
        *_person(),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("bound_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("organisation", "issuer", "subject"),
        sa.UniqueConstraint("person", "issuer"),
    )
    op.create_table(
        "identity_providers",
        *_organisation(),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation"),
    )


def _links() -> None:
    op.create_table(
        "invitations",
        _row(),
        *_organisation(),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=True),
        sa.Column("invited_by", sa.String(length=120), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("invitations_of_email", "invitations", ["organisation", "email"])
    op.create_table(
        "invitation_teams",
        *_reference("invitation", "invitations.row", _ROW),
        *_reference("team", "teams.row", _ROW),
        *_organisation(),
        sa.PrimaryKeyConstraint("invitation", "team"),
    )
    op.create_table(
        "password_resets",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        *_organisation(),
        *_person(),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
    )


_Parts = Sequence[sa.schema.SchemaItem]


def _row() -> sa.schema.SchemaItem:
    return sa.Column("row", _ROW, nullable=False)


def _organisation() -> _Parts:
    return _reference("organisation", "organisations.id", sa.Integer())


def _person() -> _Parts:
    return _reference("person", "people.id", sa.LargeBinary(length=16))


def _reference(
    name: str, target: str, kind: "sa.types.TypeEngine[int] | sa.types.TypeEngine[bytes]"
) -> _Parts:
    return (
        sa.Column(name, kind, nullable=False),
        sa.ForeignKeyConstraint([name], [target]),
    )
