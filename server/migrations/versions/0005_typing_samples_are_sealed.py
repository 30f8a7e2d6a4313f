"""typing samples are sealed.

Those before were stored in the clear, under a text that did not say that scoring uses them: they
are deleted, and can be given anew.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("DELETE FROM typing_samples")
