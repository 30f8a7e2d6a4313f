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
    _audit()
    _retention()
    _rights()


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


def _audit() -> None:
    op.add_column("audit_log", sa.Column("about", sa.LargeBinary(length=16)))
    op.add_column("audit_log", sa.Column("lasted_ms", sa.BigInteger()))
    op.add_column("audit_log", sa.Column("sequence", sa.BigInteger()))
    op.add_column("audit_log", sa.Column("digest", sa.LargeBinary(length=32)))
    op.create_index("audit_log_chain", "audit_log", ["organisation", "sequence"], unique=True)
    op.create_index("audit_log_about", "audit_log", ["organisation", "about", "row"])
    op.create_index("audit_log_subjects", "audit_log", ["organisation", "subject", "row"])
    unchained = sa.text("digest IS NULL")
    op.create_index(
        "audit_log_unchained",
        "audit_log",
        ["organisation", "row"],
        sqlite_where=unchained,
        postgresql_where=unchained,
    )
    op.create_table(
        "audit_heads",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("organisation", "sequence"),
    )
    _append_only("audit_heads")


def _retention() -> None:
    op.create_table(
        "purge_records",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("purge_records_of", "purge_records", ["organisation", "row"])
    _append_only("purge_records")
    op.create_table(
        "legal_holds",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16)),
        sa.Column("session", _ROW),
        sa.Column("project", sa.LargeBinary(length=16)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=120), nullable=False),
        sa.Column("placed_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger()),
        sa.Column("lifted_by", sa.String(length=120)),
        sa.Column("lifted_us", sa.BigInteger()),
        sa.Column("not_told_because", sa.Text()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.ForeignKeyConstraint(["project"], ["projects.id"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("legal_holds_of", "legal_holds", ["organisation", "lifted_us"])
    op.create_table(
        "daily_work",
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until_us", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("organisation", "kind"),
    )


def _rights() -> None:
    op.create_table(
        "personal_exports",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until_us", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger()),
        sa.Column("digest", sa.LargeBinary(length=32)),
        sa.Column("name", sa.LargeBinary(length=32)),
        sa.Column("person_key", sa.BigInteger()),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("organisation", "person"),
    )
    op.create_table(
        "tombstones",
        sa.Column("session", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("erased_us", sa.BigInteger(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_table(
        "erasures",
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("erased_us", sa.BigInteger(), nullable=False),
        sa.Column("erased_by", sa.String(length=120), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("person"),
    )


def _append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    # The function of the audit log, with its sentence.
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()"
    )
