"""scoring: priorities and numbered claims, states of open sessions, promises.

Old workers go on beside it: what they do not name has a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _widen_jobs()
    op.add_column("assessments", _text("why", "closed"))
    op.create_table(
        "promises",
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("set_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.PrimaryKeyConstraint("organisation"),
    )
    op.create_table(
        "scoring_states",
        sa.Column("session", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.String(length=80)),
        _number("claimed_until_us", sa.BigInteger()),
        _number("claims", sa.BigInteger()),
        _number("next_sequence", sa.BigInteger()),
        _number("quiet", sa.Integer()),
        sa.Column("state", sa.LargeBinary()),
        sa.Column("provisional", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_index("scoring_states_due", "scoring_states", ["due_us"])
    # The sessions that are open now, their first rounds spread over a quarter of an hour.
    op.execute(
        "INSERT INTO scoring_states (session, organisation, due_us) "
        "SELECT session, organisation, (session % 900) * 1000000 FROM heads WHERE NOT closed"
    )


def _widen_jobs() -> None:
    op.add_column("scoring_jobs", _number("priority", sa.Integer(), "1"))
    op.add_column("scoring_jobs", _text("why", "closed"))
    op.add_column("scoring_jobs", _number("claims", sa.BigInteger()))
    op.add_column("scoring_jobs", _number("late_texts", sa.Integer()))
    op.drop_index("scoring_jobs_waiting", table_name="scoring_jobs")
    op.create_index("scoring_jobs_waiting", "scoring_jobs", ["done", "priority", "due_us"])


def _number(name: str, kind: sa.Integer, default: str = "0") -> "sa.Column[int]":
    return sa.Column(name, kind, nullable=False, server_default=default)


def _text(name: str, default: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=20), nullable=False, server_default=default)
