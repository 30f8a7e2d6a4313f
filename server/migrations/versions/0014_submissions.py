"""submissions with what was answered, and attestations."""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
