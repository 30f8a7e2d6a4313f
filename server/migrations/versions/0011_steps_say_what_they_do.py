"""each step of the schema is noted with its phase."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "schema_steps",
        sa.Column("revision", sa.String(length=120), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("revision"),
    )
