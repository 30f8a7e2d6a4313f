"""What every table shares. All but `organisations` and `attempts` carry their organisation."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

metadata = MetaData()


def organisation_column() -> Column[int]:
    """Whose row it is."""
    return Column("organisation", ForeignKey("organisations.id"), nullable=False)


def row_column() -> Column[int]:
    """Storage's own number."""
    # SQLite numbers rows by themselves only under this name, and has 64 bits for it anyway.
    return Column("row", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def session_column() -> Column[int]:
    """The session that it belongs to."""
    return Column("session", ForeignKey("sessions.row"), nullable=False)


def person_column() -> Column[bytes]:
    """Whom it is about."""
    return Column("person", ForeignKey("people.id"), nullable=False)


def project_column() -> Column[bytes]:
    """Which project it is about."""
    return Column("project", ForeignKey("projects.id"), nullable=False)
