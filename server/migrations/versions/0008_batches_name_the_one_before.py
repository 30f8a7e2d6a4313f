"""each batch names the row of the one before, and the head the last; no index beside the log.

See docs/decisions/batch-layout.md.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEPT = "row, organisation, session, sequence, digest, received_us, quarantined, sealed"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "batches_anew",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("session", _ROW, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("previous_row", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("quarantined", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.execute(
        f"INSERT INTO batches_anew ({_KEPT}, previous_row) "  # noqa: S608
        f"SELECT {_KEPT}, (SELECT p.row FROM batches p WHERE p.session = batches.session "
        "AND p.sequence = batches.sequence - 1) FROM batches"
    )
    op.add_column("heads", sa.Column("last_row", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE heads SET last_row = (SELECT b.row FROM batches b "
        "WHERE b.session = heads.session AND b.sequence = heads.sequence)"
    )
    op.drop_table("batches")
    op.rename_table("batches_anew", "batches")
    op.create_index(
        "batches_landmarks",
        "batches",
        ["session", "sequence"],
        unique=True,
        sqlite_where=sa.text("sequence % 256 = 255"),
        postgresql_where=sa.text("sequence % 256 = 255"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('batches', 'row'), "
            "(SELECT coalesce(max(row), 0) + 1 FROM batches), false)"
        )
