"""Figures counted by day: what would otherwise read every session of a year."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table

from server.storage.tables.base import metadata

day_figures = Table(
    "day_figures",
    metadata,
    Column("organisation", ForeignKey("organisations.id"), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("counted_us", BigInteger, nullable=False),
)
"""Counts alone, of nobody in particular; each day is counted again, more seldom as it ages."""
