"""since when no batch of an organisation was found in the log that is not sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.add_column("organisations", sa.Column("log_quiet_us", sa.BigInteger()))
