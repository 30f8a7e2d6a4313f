"""what is about to lapse is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.add_column("holds", sa.Column("noticed_us", sa.BigInteger()))
    op.add_column("timesheets", sa.Column("noticed_us", sa.BigInteger()))
