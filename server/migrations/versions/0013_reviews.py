"""reviews, verdicts, statements, appeals and deadlines."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
phase = "expand"

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _add_reviews()
    _add_events()
    _add_controls()


def _add_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("session", _ROW),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("selected_with", sa.Float(), nullable=False),
        sa.Column("probability", sa.Float()),
        sa.Column("stake", sa.Float(), nullable=False),
        sa.Column("answer_us", sa.BigInteger(), nullable=False),
        sa.Column("decide_us", sa.BigInteger(), nullable=False),
        sa.Column("second_share", sa.Float(), nullable=False),
        sa.Column("blind_first", sa.Boolean(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("due_us", sa.BigInteger()),
        sa.Column("noticed_us", sa.BigInteger()),
        sa.Column("verdict", sa.String(length=20)),
        sa.Column("decided_us", sa.BigInteger()),
        sa.Column("decided_spans", sa.Text()),
        sa.Column("by_silence", sa.Boolean(), nullable=False),
        sa.Column("appealed", sa.Boolean(), nullable=False),
        sa.Column("senior", sa.Boolean(), nullable=False),
        sa.Column("began_us", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.LargeBinary(length=16)),
        sa.Column("claimed_until_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.ForeignKeyConstraint(["claimed_by"], ["people.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_reviews_session", "reviews", ["session"])
    op.create_index("reviews_of_organisation", "reviews", ["organisation", "row"])
    op.create_index("reviews_due", "reviews", ["organisation", "due_us"])


def _add_events() -> None:
    op.create_table(
        "review_events",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("review", _ROW, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16)),
        sa.Column("verdict", sa.String(length=20)),
        sa.Column("spans", sa.Text(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("heard", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=20)),
        sa.Column("selected_with", sa.Float()),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("again_with", sa.Float()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["review"], ["reviews.row"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("review", "number"),
    )
    op.create_index("ix_review_events_person", "review_events", ["person"])
    op.create_table(
        "review_claims",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("review", _ROW, nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("claimed_us", sa.BigInteger(), nullable=False),
        sa.Column("released_us", sa.BigInteger()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["review"], ["reviews.row"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("review_claims_of_person", "review_claims", ["person", "review"])
    op.create_table(
        "seen_in_full",
        sa.Column("session", _ROW, nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("session", "person"),
    )


def _add_controls() -> None:
    op.create_table(
        "control_sessions",
        sa.Column("session", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("truth", sa.String(length=20), nullable=False),
        sa.Column("marked_by", sa.String(length=120), nullable=False),
        sa.Column("marked_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_table(
        "review_settings",
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("control_share", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("organisation"),
    )
