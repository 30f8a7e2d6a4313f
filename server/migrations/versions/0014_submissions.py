"""submissions with what was answered, and attestations."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
phase = "expand"

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "submissions",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("identifier", sa.String(length=120), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("project", sa.LargeBinary(length=16), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("length_chars", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("alignment", sa.LargeBinary()),
        sa.Column("answer", sa.String(length=20)),
        sa.Column("answers", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("answered_us", sa.BigInteger()),
        sa.Column("look_us", sa.BigInteger()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["project"], ["projects.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("organisation", "id"),
        sa.UniqueConstraint("organisation", "identifier"),
    )
    op.create_index("submissions_of_organisation", "submissions", ["organisation", "row"])
    op.create_index("submissions_of_person", "submissions", ["person", "row"])
    op.create_index("submissions_to_look_at", "submissions", ["look_us"])
    op.create_table(
        "submission_sessions",
        sa.Column("submission", _ROW, nullable=False),
        sa.Column("session", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["submission"], ["submissions.row"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.PrimaryKeyConstraint("submission", "session"),
    )
    op.create_index("submissions_of_session", "submission_sessions", ["session"])
    op.create_table(
        "submission_answers",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("submission", _ROW, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("answered_us", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("attestation", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["submission"], ["submissions.row"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("submission", "number"),
    )
