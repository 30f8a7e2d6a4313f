"""What the overview asks of storage: counts of a day, and the days that were counted."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.records import StoredReview
from server.records.overview import CountedDay


class DayCounts(Protocol):
    """Figures of one organisation by day."""

    def day_figures(self, first: int, last: int) -> Sequence[CountedDay]:
        """What was counted of days, in order; a day that was not counted is missing."""

    def days_counted(self, first: int) -> Mapping[int, int]:
        """When each day from the first on was counted."""

    def put_day_figures(self, day: int, document: bytes, now_us: int) -> None:
        """Keep what was counted of a day, in the place of what was before."""

    def first_opened_us(self) -> int | None:
        """When the first session was opened."""

    def worked_on(self, day: int) -> int:
        """Seconds that people worked on a day of their calendar."""

    def bands_opened(self, from_us: int, to_us: int) -> Mapping[str, int]:
        """Scored sessions that were opened in a period, controls left out, by their band."""

    def reviews_decided(self, from_us: int, to_us: int) -> Sequence[StoredReview]:
        """Reviews that were decided in a period, controls left out, with their events."""
