"""devices can be revoked and say what they observe; policies know their author.

A key that two devices have can only come from tampering: the later ones are revoked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
phase = "expand"

_IN_USE = sa.text("revoked_us IS NULL")
_REVOKED = sa.text("revoked_us IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    for name, kind in (
        ("revoked_us", sa.BigInteger()),
        ("seen_us", sa.BigInteger()),
        ("observes", sa.LargeBinary()),
    ):
        op.add_column("devices", sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE devices SET revoked_us = enrolled_us WHERE EXISTS (SELECT 1 FROM devices d "
        "WHERE d.public_key = devices.public_key AND (d.enrolled_us < devices.enrolled_us "
        "OR (d.enrolled_us = devices.enrolled_us AND d.id < devices.id)))"
    )
    op.create_index(
        "devices_keys",
        "devices",
        ["public_key"],
        unique=True,
        sqlite_where=_IN_USE,
        postgresql_where=_IN_USE,
    )
    op.create_index(
        "devices_revoked",
        "devices",
        ["revoked_us"],
        sqlite_where=_REVOKED,
        postgresql_where=_REVOKED,
    )
    op.create_index("devices_of_person", "devices", ["organisation", "person"])
    op.add_column("sessions", sa.Column("consent_version", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("observes", sa.LargeBinary(), nullable=True))
    op.create_index("sessions_of_device", "sessions", ["device", "row"])
    op.add_column("policies", sa.Column("author", sa.String(length=120), nullable=True))
    op.add_column("policies", sa.Column("created_us", sa.BigInteger(), nullable=True))
