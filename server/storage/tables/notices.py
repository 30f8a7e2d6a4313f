"""What people are told, and where their mail goes."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from server.storage.tables.base import metadata, organisation_column, person_column, row_column

notices = Table(
    "notices",
    metadata,
    row_column(),
    organisation_column(),
    person_column(),
    Column("announcement", ForeignKey("announcements.row"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("path", String(200), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("read_us", BigInteger),
    Column("mail", String(10), nullable=False),
    Column("mail_attempts", Integer, nullable=False),
    Column("mail_due_us", BigInteger, nullable=False),
    UniqueConstraint("person", "announcement"),
    Index("notices_of_person", "person", "row"),
    Index("notices_unread", "person", "read_us"),
    Index("notices_to_mail", "mail", "mail_due_us"),
)

mail_addresses = Table(
    "mail_addresses",
    metadata,
    Column("person", ForeignKey("people.id"), primary_key=True),
    organisation_column(),
    Column("address", String(254)),
    Column("asked", String(254)),
    Column("asked_us", BigInteger, nullable=False),
    Column("token_hash", LargeBinary(32), unique=True),
    Column("expires_us", BigInteger, nullable=False),
    Column("mail", String(10), nullable=False),
    Column("mail_attempts", Integer, nullable=False),
    Column("mail_due_us", BigInteger, nullable=False),
)
