"""figures are counted by day, and control sessions say how they were made."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "day_figures",
        sa.Column("organisation", sa.Integer(), sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("counted_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "day"),
    )
    op.add_column("control_sessions", sa.Column("language", sa.String(20)))
    op.add_column("control_sessions", sa.Column("input_mode", sa.String(20)))
    op.create_index("reviews_decided", "reviews", ["organisation", "decided_us"])
