"""Hours that payroll counts, weekly timesheets, and minutes that are held back for a while."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from server.storage.tables.base import (
    metadata,
    organisation_column,
    person_column,
    row_column,
    session_column,
)

_IN_FORCE = text("ended_us IS NULL")

zones = Table(
    "zones",
    metadata,
    row_column(),
    organisation_column(),
    Column("person", ForeignKey("people.id")),
    Column("since_s", BigInteger, nullable=False),
    Column("zone", String(60), nullable=False),
    Index("zones_of_person", "organisation", "person"),
)
"""In which time zone days are counted from when on: a person's, or (no person) everybody's."""

session_hours = Table(
    "session_hours",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    person_column(),
    Column("start_s", BigInteger, nullable=False),
    Column("end_s", BigInteger, nullable=False),
    Column("stretches", LargeBinary, nullable=False),
    Index("session_hours_of_person", "organisation", "person", "start_s"),
)
"""What each session says of its person's time, whatever other sessions say."""

timesheets = Table(
    "timesheets",
    metadata,
    row_column(),
    organisation_column(),
    Column("id", LargeBinary(16), nullable=False),
    person_column(),
    Column("week", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("changed_by", String(120), nullable=False),
    Column("submitted_us", BigInteger),
    Column("disputed_us", BigInteger),
    Column("approved_us", BigInteger),
    Column("locked_us", BigInteger),
    Column("reason", Text),
    Column("answer", Text),
    Column("numbers", LargeBinary),
    Column("noticed_us", BigInteger),
    UniqueConstraint("person", "week"),
    UniqueConstraint("organisation", "id"),
    Index("timesheets_of_organisation", "organisation", "row"),
    Index("timesheets_of_week", "organisation", "week", "row"),
    Index("timesheets_of_person", "organisation", "person", "row"),
    Index("timesheets_in_state", "organisation", "state", "row"),
)
"""`week` is its Monday as `date.toordinal`; `numbers` are what was approved, as they were then.
`noticed_us`: when its trainer was told that it can soon be approved unsubmitted."""

corrections = Table(
    "corrections",
    metadata,
    row_column(),
    organisation_column(),
    Column("timesheet", ForeignKey("timesheets.row"), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("parts", LargeBinary, nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_us", BigInteger),
    Column("decided_by", String(120)),
    Column("reason", Text),
    Index("corrections_of_timesheet", "timesheet"),
)
"""What a recount of decided weeks came to beside what was decided: counts only once accepted."""

hours = Table(
    "hours",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    person_column(),
    Column("day", Integer, nullable=False),
    Column("zone", String(60), nullable=False),
    Column("observed_s", Integer, nullable=False),
    Column("partly_s", Integer, nullable=False),
    Column("unobservable_s", Integer, nullable=False),
    Column("manual_s", Integer, nullable=False),
    Column("overlap_s", Integer, nullable=False),
    Column("held_s", Integer, nullable=False),
    Column("rejected_s", Integer, nullable=False),
    Column("correction", ForeignKey("corrections.row")),
    Index("hours_of_session", "session"),
    Index("hours_of_person", "organisation", "person", "day"),
    Index("hours_of_day", "organisation", "day", "session"),
)
"""What each session counts for on each day, in whole seconds; of weeks that were decided, a row
is never changed but in what is held of it, and accepted corrections are rows of their own."""

holds = Table(
    "holds",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("timesheet", ForeignKey("timesheets.row")),
    Column("start_us", BigInteger, nullable=False),
    Column("end_us", BigInteger, nullable=False),
    Column("held_us", BigInteger, nullable=False),
    Column("lapses_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("ended_why", String(20)),
    Column("noticed_us", BigInteger),
    Index("holds_of_session", "session"),
    Index("holds_of_timesheet", "timesheet"),
    Index("holds_due", "lapses_us", sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
)
"""Stretches of session time whose pay waits; never deleted, so that a hold can be explained.
`timesheet`: of the dispute that holds them; none: a review does. `noticed_us`: when people
were told that it is about to lapse."""
