"""Sessions, batches, objects."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
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
    project_column,
    row_column,
    session_column,
)

sessions = Table(
    "sessions",
    metadata,
    row_column(),
    organisation_column(),
    Column("id", LargeBinary(16), nullable=False),
    person_column(),
    Column("device", ForeignKey("devices.id"), nullable=False),
    project_column(),
    Column("policy_version", BigInteger, nullable=False),
    Column("agent_version", String(20), nullable=False),
    Column("opened_us", BigInteger, nullable=False),
    Column("consent_version", BigInteger),
    Column("observes", LargeBinary),
    UniqueConstraint("organisation", "id"),
    Index("sessions_of_person", "organisation", "person", "row"),
    Index("sessions_of_person_opened", "organisation", "person", "opened_us", "row"),
    Index("sessions_opened", "organisation", "opened_us", "row"),
    Index("sessions_of_project", "organisation", "project", "opened_us", "row"),
    Index("sessions_of_device", "device", "row"),
)

heads = Table(
    "heads",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("received_us", BigInteger),
    Column("last_row", BigInteger),
)
"""Where each session's chain ends; `last_row` is the row of its last batch."""

LANDMARK_EVERY = 256
"""From a batch of which the walk to an older one never takes more steps than this."""
IS_LANDMARK = text(f"sequence % {LANDMARK_EVERY} = {LANDMARK_EVERY - 1}")

batches = Table(
    "batches",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("sequence", BigInteger, nullable=False),
    Column("previous_row", BigInteger),
    Column("digest", LargeBinary(32), nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("quarantined", Text),
    Column("sealed", LargeBinary, nullable=False),
    Index(
        "batches_landmarks",
        "session",
        "sequence",
        unique=True,
        sqlite_where=IS_LANDMARK,
        postgresql_where=IS_LANDMARK,
    ),
)
"""The log: only ever appended to. A session is read backwards, from its head's `last_row` along
`previous_row`: docs/decisions/batch-layout.md says why no index lies beside it."""

objects = Table(
    "objects",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("digest", LargeBinary(32), nullable=False),
    Column("content_type", String(40), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("name", LargeBinary(32)),
    Column("person_key", BigInteger),
    UniqueConstraint("session", "digest"),
    Index(
        "objects_unsealed",
        "organisation",
        "row",
        sqlite_where=text("name IS NULL"),
        postgresql_where=text("name IS NULL"),
    ),
)
"""`name` and `person_key`: where the bytes lie, sealed; of what an older version stored there is
neither, and the bytes lie under their digest (docs/decisions/encryption-at-rest.md)."""

late_blankings = Table(
    "late_blankings",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    Column("digest", LargeBinary(32), nullable=False),
    Column("kept", LargeBinary(32), nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    UniqueConstraint("session", "digest"),
)

blanking_requests = Table(
    "blanking_requests",
    metadata,
    row_column(),
    organisation_column(),
    session_column(),
    person_column(),
    Column("digest", LargeBinary(32), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("decided_us", BigInteger),
    Column("granted", Boolean),
    Column("answer", String(500)),
    UniqueConstraint("session", "digest"),
    Index("blanking_requests_of_person", "person", "row"),
    Index("blanking_requests_open", "organisation", "decided_us", "row"),
)
"""Pictures that were sent, which their trainer asks to be shown to nobody any more."""

compacted = Table(
    "compacted",
    metadata,
    Column("session", ForeignKey("sessions.row"), primary_key=True),
    organisation_column(),
    Column("original", LargeBinary(32), nullable=False),
    Column("original_bytes", BigInteger, nullable=False),
    Column("block", LargeBinary(32), nullable=False),
    Column("block_bytes", BigInteger, nullable=False),
    Column("taken", LargeBinary, nullable=False),
    Column("compacted_us", BigInteger, nullable=False),
    Column("original_name", LargeBinary(32)),
    Column("block_name", LargeBinary(32)),
    Column("person_key", BigInteger),
    Column("redacted_us", BigInteger),
    Column("redaction", LargeBinary),
    Column("redaction_signature", LargeBinary(64)),
)
"""Sessions whose batches left the log for two objects; `taken` keeps of each batch, in order, its
digest and the time of its receipt (u64, little-endian), for those that are sent again.

From `redacted_us` on the batches are gone and the block is without classes of keys. Both pairs of
columns name that block then: an older version, which knows of no redaction, lists it in backups,
moves it to another key and deletes it as it does with two."""
