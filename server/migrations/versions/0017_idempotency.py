"""answers that are given again to the same key; lists whose every page costs the same."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
phase = "expand"

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "idempotency_keys",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("begun_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.String(length=200)),
        sa.Column("status", sa.Integer()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("organisation", "key_hash"),
    )
    op.create_index("idempotency_keys_expired", "idempotency_keys", ["expires_us"])
    op.create_index("sessions_opened", "sessions", ["organisation", "opened_us", "row"])
    op.create_index(
        "sessions_of_person_opened", "sessions", ["organisation", "person", "opened_us", "row"]
    )
    op.create_index(
        "sessions_of_project", "sessions", ["organisation", "project", "opened_us", "row"]
    )
    op.create_index("devices_of_organisation", "devices", ["organisation", "id"])
    op.create_index("people_of_organisation", "people", ["organisation", "id"])
