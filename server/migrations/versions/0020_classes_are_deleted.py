"""key classes of a session that was compacted go before the rest of it does."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.add_column("compacted", sa.Column("redacted_us", sa.BigInteger()))
    op.add_column("compacted", sa.Column("redaction", sa.LargeBinary()))
    op.add_column("compacted", sa.Column("redaction_signature", sa.LargeBinary(length=64)))
