"""the policy caps holds; a correction that is declined says why."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.add_column("reviews", sa.Column("hold_us", sa.BigInteger()))
    op.add_column("corrections", sa.Column("reason", sa.Text()))
