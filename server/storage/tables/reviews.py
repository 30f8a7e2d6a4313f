"""Reviews: what was said of a session, by whom, and where that has led."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from server.storage.tables.base import (
    metadata,
    organisation_column,
    person_column,
    row_column,
)

reviews = Table(
    "reviews",
    metadata,
    row_column(),
    organisation_column(),
    Column("id", LargeBinary(16), nullable=False, unique=True),
    Column("session", ForeignKey("sessions.row"), index=True),
    Column("how", String(20), nullable=False),
    Column("selected_with", Float, nullable=False),
    Column("probability", Float),
    Column("stake", Float, nullable=False),
    Column("answer_us", BigInteger, nullable=False),
    Column("decide_us", BigInteger, nullable=False),
    Column("second_share", Float, nullable=False),
    Column("blind_first", Boolean, nullable=False),
    Column("hold_us", BigInteger),
    Column("opened_us", BigInteger, nullable=False),
    Column("events", Integer, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("due_us", BigInteger),
    Column("noticed_us", BigInteger),
    Column("verdict", String(20)),
    Column("decided_us", BigInteger),
    Column("decided_spans", Text),
    Column("by_silence", Boolean, nullable=False),
    Column("appealed", Boolean, nullable=False),
    Column("senior", Boolean, nullable=False),
    Column("began_us", BigInteger, nullable=False),
    Column("claimed_by", ForeignKey("people.id")),
    Column("claimed_until_us", BigInteger, nullable=False),
    Index("reviews_of_organisation", "organisation", "row"),
    # What is over has no date, or one that is past: what waits lies together.
    Index("reviews_due", "organisation", "due_us"),
    Index("reviews_decided", "organisation", "decided_us"),
    Index("reviews_held", "claimed_by"),
)
"""Each row's stage and decision are what its events come to: moved with them, as one."""

review_events = Table(
    "review_events",
    metadata,
    row_column(),
    organisation_column(),
    Column("review", ForeignKey("reviews.row"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("person", ForeignKey("people.id"), index=True),
    Column("verdict", String(20)),
    Column("spans", Text, nullable=False),
    Column("text", Text),
    Column("blind", Boolean, nullable=False),
    Column("heard", Boolean, nullable=False),
    Column("how", String(20)),
    Column("selected_with", Float),
    Column("again", Boolean, nullable=False),
    Column("again_with", Float),
    UniqueConstraint("review", "number"),
)

review_claims = Table(
    "review_claims",
    metadata,
    row_column(),
    organisation_column(),
    Column("review", ForeignKey("reviews.row"), nullable=False),
    person_column(),
    Column("claimed_us", BigInteger, nullable=False),
    Column("released_us", BigInteger),
    Column("ahead", Integer),
    Column("opened_us", BigInteger),
    Column("zooms", Integer, nullable=False, server_default="0"),
    Column("replays", Integer, nullable=False, server_default="0"),
    Index("review_claims_of_person", "person", "review"),
    Index("review_claims_by_time", "claimed_us"),
)
"""Who took which review, how many cases went before it, and what of it was opened.

What was given back, unread or read, is not offered again.
"""

seen_in_full = Table(
    "seen_in_full",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    Column("person", ForeignKey("people.id"), primary_key=True),
    organisation_column(),
    Column("at_us", BigInteger, nullable=False),
    Index("seen_in_full_by", "person", "session"),
)
"""Who saw score and name of whose session: they can no longer review it."""

control_sessions = Table(
    "control_sessions",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("truth", String(20), nullable=False),
    Column("marked_by", String(120), nullable=False),
    Column("marked_us", BigInteger, nullable=False),
    Column("language", String(20)),
    Column("input_mode", String(20)),
)

review_settings = Table(
    "review_settings",
    metadata,
    Column("organisation", ForeignKey("organisations.id"), primary_key=True),
    Column("seed", LargeBinary(32), nullable=False),
    Column("control_share", Float, nullable=False),
)
"""What draws rest on; the seed is made at random once, and shown to nobody."""

__all__ = [
    "control_sessions",
    "review_claims",
    "review_events",
    "review_settings",
    "reviews",
    "seen_in_full",
]
