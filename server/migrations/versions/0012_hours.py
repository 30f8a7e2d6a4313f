"""timesheets, minutes that were decided, and holds that lapse."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
phase = "expand"

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_IN_FORCE = sa.text("ended_us IS NULL")
_SECONDS = (
    "observed_s",
    "partly_s",
    "unobservable_s",
    "manual_s",
    "overlap_s",
    "held_s",
    "rejected_s",
)
_TIMES = ("submitted_us", "disputed_us", "approved_us", "locked_us")


def upgrade() -> None:
    """Apply."""
    _zones()
    _session_hours()
    _timesheets()
    _corrections()
    _hours()
    _holds()


def _zones() -> None:
    op.create_table(
        "zones",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("since_s", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("zones_of_person", "zones", ["organisation", "person"])


def _session_hours() -> None:
    op.create_table(
        "session_hours",
        sa.Column("session", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("start_s", sa.BigInteger(), nullable=False),
        sa.Column("end_s", sa.BigInteger(), nullable=False),
        sa.Column("stretches", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_index(
        "session_hours_of_person", "session_hours", ["organisation", "person", "start_s"]
    )


def _timesheets() -> None:
    op.create_table(
        "timesheets",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _TIMES),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("numbers", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("organisation", "id"),
        sa.UniqueConstraint("person", "week"),
    )
    op.create_index("timesheets_of_week", "timesheets", ["organisation", "week", "row"])


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("timesheet", _ROW, nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["timesheet"], ["timesheets.row"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("corrections_of_timesheet", "corrections", ["timesheet"])


def _hours() -> None:
    op.create_table(
        "hours",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("session", _ROW, nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _SECONDS),
        sa.Column("correction", _ROW, nullable=True),
        sa.ForeignKeyConstraint(["correction"], ["corrections.row"]),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("hours_of_session", "hours", ["session"])
    op.create_index("hours_of_person", "hours", ["organisation", "person", "day"])
    op.create_index("hours_of_day", "hours", ["organisation", "day", "session"])


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("row", _ROW, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("session", _ROW, nullable=False),
        sa.Column("timesheet", _ROW, nullable=True),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("end_us", sa.BigInteger(), nullable=False),
        sa.Column("held_us", sa.BigInteger(), nullable=False),
        sa.Column("lapses_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"]),
        sa.ForeignKeyConstraint(["session"], ["sessions.row"]),
        sa.ForeignKeyConstraint(["timesheet"], ["timesheets.row"]),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("holds_of_session", "holds", ["session"])
    op.create_index("holds_of_timesheet", "holds", ["timesheet"])
    op.create_index(
        "holds_due",
        "holds",
        ["lapses_us"],
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    )
