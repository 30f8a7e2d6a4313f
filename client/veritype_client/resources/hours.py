"""Hours: what sessions count for, day by day."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

import msgspec

from veritype_client.resources.asking import Asking, Kind


class Totals(msgspec.Struct, frozen=True):
    """Seconds by kind; `worked_s` is observed, partly observed and manual together.

    `overlap_s` is counted in another session of the same person, and in none of the other kinds.
    """

    observed_s: int
    partly_observed_s: int
    unobservable_s: int
    manual_s: int
    overlap_s: int
    worked_s: int
    held_s: int
    rejected_s: int
    payable_s: int


class HoursLine(msgspec.Struct, frozen=True):
    """What one session counts for on one day of the person's time zone; seconds as in `Totals`.

    `correction` is the accepted correction that this line is; None: it was counted in the first
    place.
    """

    day: date
    week: str
    zone: str
    person: str
    person_name: str
    project: str
    project_name: str
    session: str
    started_at: datetime
    observed_s: int
    partly_observed_s: int
    unobservable_s: int
    manual_s: int
    overlap_s: int
    worked_s: int
    held_s: int
    rejected_s: int
    payable_s: int
    correction: int | None
    timesheet_state: str


_LINE = Kind(HoursLine)


class Hours(Asking):
    """What is paid for, as payroll reads it."""

    def hours(self, first: date, last: date, *, person: str | None = None) -> Iterator[HoursLine]:
        """What sessions count for, in order of their days. Scope `timesheets:read`.

        Args:
            first: day, of the person's time zone.
            last: day; a year at most.
            person: only this one's, by id.
        """
        params = {**_days(first, last), "person": person}
        return self._all(_LINE, "/v1/hours", "hours", params)

    def export_hours(
        self, first: date, last: date, form: Literal["csv", "json"] = "csv"
    ) -> Iterator[bytes]:
        """A file of everybody's hours, piece by piece, never as a whole. Scope `exports:read`.

        `Unreachable` in the middle means that what came so far is not all of it: throw it away.

        Args:
            first: day, of each person's time zone.
            last: day; a year at most.
            form: of the file; `docs/hours.md` has its columns.
        """
        return self._transport.stream("/v1/exports/hours", {**_days(first, last), "format": form})


def _days(first: date, last: date) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat()}
