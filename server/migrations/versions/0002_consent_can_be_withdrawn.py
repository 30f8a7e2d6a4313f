"""consent can be withdrawn, and given again for the same version."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_COLUMNS = "row, organisation, person, project, policy_version, policy_digest, accepted_us"


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "sqlite":
        _consents_made_anew()
    else:
        op.drop_constraint("consents_person_project_policy_version_key", "consents")
    op.create_index(
        "consents_of_person", "consents", ["person", "project", "accepted_us"], unique=False
    )
    op.create_table(
        "withdrawals",
        sa.Column("row", _ROW, nullable=False),
        *_whose(),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=False),
        *_references(),
    )
    op.create_index(
        "withdrawals_of_person",
        "withdrawals",
        ["person", "project", "withdrawn_us"],
        unique=False,
    )


def _consents_made_anew() -> None:
    """SQLite drops no constraint of a table: the table is made anew, its rows kept."""
    op.create_table(
        "consents_anew",
        sa.Column("row", _ROW, nullable=False),
        *_whose(),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("policy_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("accepted_us", sa.BigInteger(), nullable=False),
        *_references(),
    )
    op.execute(
        f"INSERT INTO consents_anew ({_COLUMNS}) SELECT {_COLUMNS} FROM consents"  # noqa: S608
    )
    op.drop_table("consents")
    op.rename_table("consents_anew", "consents")


def _whose() -> tuple[sa.Column[int] | sa.Column[bytes], ...]:
    return (
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("project", sa.LargeBinary(length=16), nullable=False),
    )


def _references() -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["project"], ["projects.id"]),
        sa.PrimaryKeyConstraint("row"),
    )
