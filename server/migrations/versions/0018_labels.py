"""verdicts as labels, and control sessions."""

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
