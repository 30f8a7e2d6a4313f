"""the audit log is searched by who did what and when."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.create_index("audit_log_actors", "audit_log", ["organisation", "actor", "row"])
    op.create_index("audit_log_actions", "audit_log", ["organisation", "action", "row"])
    op.create_index("audit_log_times", "audit_log", ["organisation", "at_us", "row"])
    op.create_index("audit_log_of", "audit_log", ["organisation", "row"])
