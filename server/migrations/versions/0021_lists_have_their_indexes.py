"""a page of a list is found by an index, whatever narrows it."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.create_index("facts_of_organisation", "facts", ["organisation", "session"])
    op.create_index("timesheets_of_organisation", "timesheets", ["organisation", "row"])
    op.create_index("timesheets_of_person", "timesheets", ["organisation", "person", "row"])
    op.create_index("timesheets_in_state", "timesheets", ["organisation", "state", "row"])
    op.create_index("webhook_deliveries_of_endpoint", "webhook_deliveries", ["endpoint", "row"])
