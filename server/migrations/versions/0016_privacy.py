"""keys of people, a chained audit log, legal holds, tombstones."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
phase = "expand"

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _keys()


def _keys() -> None:
    op.create_table(
        "organisation_keys",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("organisation_keys_of", "organisation_keys", ["organisation", "row"])
    op.create_table(
        "person_keys",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("organisation_key", _ROW, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["organisation_key"], ["organisation_keys.row"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("person_keys_of_person", "person_keys", ["organisation", "person", "row"])
    op.create_index("person_keys_under", "person_keys", ["organisation_key", "row"])
    op.add_column("objects", sa.Column("name", sa.LargeBinary(length=32)))
    op.add_column("objects", sa.Column("person_key", sa.BigInteger()))
    unsealed = sa.text("name IS NULL")
    op.create_index(
        "objects_unsealed",
        "objects",
        ["organisation", "row"],
        sqlite_where=unsealed,
        postgresql_where=unsealed,
    )
    op.add_column("compacted", sa.Column("original_name", sa.LargeBinary(length=32)))
    op.add_column("compacted", sa.Column("block_name", sa.LargeBinary(length=32)))
    op.add_column("compacted", sa.Column("person_key", sa.BigInteger()))
