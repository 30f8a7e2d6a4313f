"""what happened and whom it is told: webhooks, deliveries, notices."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
phase = "expand"

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _announcements()
    _webhooks()
    _notices()


def _announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("organisation", "number"),
    )
    op.create_index("announcements_of_organisation", "announcements", ["organisation", "row"])
    op.create_index(
        "announcements_untold",
        "announcements",
        ["organisation", "row"],
        sqlite_where=sa.text("number IS NULL"),
        postgresql_where=sa.text("number IS NULL"),
    )


def _webhooks() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("kinds", sa.String(length=1000), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(length=200), nullable=False),
        sa.Column("sealed_previous", sa.LargeBinary(length=200)),
        sa.Column("previous_until_us", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("paused_us", sa.BigInteger()),
        sa.Column("paused_why", sa.String(length=20)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since_us", sa.BigInteger()),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(
        "webhook_endpoints_of_organisation", "webhook_endpoints", ["organisation", "row"]
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("endpoint", _ROW, nullable=False),
        sa.Column("announcement", _ROW, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["endpoint"], ["webhook_endpoints.row"]),
        sa.ForeignKeyConstraint(["announcement"], ["announcements.row"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("endpoint", "announcement"),
    )
    op.create_index("webhook_deliveries_due", "webhook_deliveries", ["endpoint", "state", "due_us"])
    op.create_index("webhook_deliveries_ended", "webhook_deliveries", ["ended_us"])
    op.create_table(
        "webhook_attempts",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("delivery", _ROW, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.String(length=40)),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["delivery"], ["webhook_deliveries.row"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("webhook_attempts_of_delivery", "webhook_attempts", ["delivery", "row"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("announcement", _ROW, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("read_us", sa.BigInteger()),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("mail_attempts", sa.Integer(), nullable=False),
        sa.Column("mail_due_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["announcement"], ["announcements.row"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("person", "announcement"),
    )
    op.create_index("notices_of_person", "notices", ["person", "row"])
    op.create_index("notices_unread", "notices", ["person", "read_us"])
    op.create_index("notices_to_mail", "notices", ["mail", "mail_due_us"])
    op.create_table(
        "mail_addresses",
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254)),
        sa.Column("asked", sa.String(length=254)),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32)),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("mail_attempts", sa.Integer(), nullable=False),
        sa.Column("mail_due_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("person"),
        sa.UniqueConstraint("token_hash"),
    )
