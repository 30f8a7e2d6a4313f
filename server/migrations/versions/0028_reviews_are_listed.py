"""reviews are listed by cards, and what is looked at is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Apply."""
    op.add_column("facts", sa.Column("card", sa.LargeBinary()))
    op.add_column("facts", sa.Column("kinds", sa.Integer()))
    op.add_column("review_claims", sa.Column("ahead", sa.Integer()))
    op.add_column("review_claims", sa.Column("opened_us", sa.BigInteger()))
    for name in ("zooms", "replays"):
        count = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("review_claims", count)
    op.create_index("review_claims_by_time", "review_claims", ["claimed_us"])
    op.create_index("seen_in_full_by", "seen_in_full", ["person", "session"])
    op.create_index("reviews_held", "reviews", ["claimed_by"])
    op.add_column("projects", sa.Column("reviews_a_day", sa.Integer()))
    op.add_column("projects", sa.Column("unreviewed_day", sa.Integer()))
