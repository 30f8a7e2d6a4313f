"""timesheets, minutes that were decided, and holds that lapse."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
phase = "expand"

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_IN_FORCE = sa.text("ended_us IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "holds",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("session", _ROW, nullable=False),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("end_us", sa.BigInteger(), nullable=False),
        sa.Column("held_us", sa.BigInteger(), nullable=False),
        sa.Column("lapses_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("holds_of_session", "holds", ["session"])
    op.create_index(
        "holds_due",
        "holds",
        ["lapses_us"],
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    )
