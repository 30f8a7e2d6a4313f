"""Figures of one day."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountedDay:
    """What was counted of a day."""

    day: int
    """As `date.toordinal`."""
    document: bytes
    """JSON of `server.overview.days.DayFigures`."""
    counted_us: int
