"""The append-only log, a chain for each organisation, and its signed heads."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, UniqueConstraint, text

from server.storage.tables.base import metadata, organisation_column, row_column

_UNCHAINED = text("digest IS NULL")

audit_log = Table(
    "audit_log",
    metadata,
    row_column(),
    organisation_column(),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("about", LargeBinary(16)),
    Column("lasted_ms", BigInteger),
    Column("sequence", BigInteger),
    Column("digest", LargeBinary(32)),
    Index("audit_log_chain", "organisation", "sequence", unique=True),
    Index("audit_log_about", "organisation", "about", "row"),
    Index("audit_log_subjects", "organisation", "subject", "row"),
    Index("audit_log_actors", "organisation", "actor", "row"),
    Index("audit_log_actions", "organisation", "action", "row"),
    Index("audit_log_of", "organisation", "row"),
    Index("audit_log_times", "organisation", "at_us", "row"),
    Index(
        "audit_log_unchained",
        "organisation",
        "row",
        sqlite_where=_UNCHAINED,
        postgresql_where=_UNCHAINED,
    ),
)
"""`about` is the id of the person whom a line concerns. Lines without a digest are an older
version's: the next line of the chain covers them (docs/decisions/audit-log.md)."""

audit_heads = Table(
    "audit_heads",
    metadata,
    row_column(),
    organisation_column(),
    Column("sequence", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    UniqueConstraint("organisation", "sequence"),
)
