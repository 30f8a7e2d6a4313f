"""Timesheets: weeks of people, and what is decided of them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from veritype_client.resources.asking import Asking, Kind, Named, Tagged, id_in_path
from veritype_client.resources.hours import HoursLine, Totals

SheetState = Literal["open", "submitted", "disputed", "approved", "locked"]


class Timesheet(msgspec.Struct, frozen=True):
    """One person's ISO week. `version` is raised by every change, also by hours that come late.

    `reason` says why it was disputed, `answer` what the trainer says to that.
    """

    id: str
    person: Named
    week: str
    state: SheetState
    version: int
    changed_at: datetime
    submitted_at: datetime | None
    disputed_at: datetime | None
    approved_at: datetime | None
    locked_at: datetime | None
    reason: str | None
    answer: str | None
    totals: Totals


class Difference(msgspec.Struct, frozen=True):
    """A signed difference of one session on one day; None: that session is not known any more."""

    session: str | None
    day: date
    zone: str
    totals: Totals


class Correction(msgspec.Struct, frozen=True):
    """What a recount after the decision came to: it counts only once somebody accepted it.

    One that `takes_away` lowers what is paid: only the trainer can accept or decline it, in
    the console.
    """

    number: int
    state: Literal["offered", "accepted", "declined", "replaced"]
    made_at: datetime
    accepted_at: datetime | None
    declined_at: datetime | None
    reason: str | None
    takes_away: bool
    differences: list[Difference]


class TimesheetDetail(Tagged, frozen=True):
    """A timesheet with its lines and corrections."""

    timesheet: Timesheet
    hours: list[HoursLine]
    corrections: list[Correction]


class Disputed(msgspec.Struct, frozen=True):
    """Minutes of a session that are doubted; aware datetimes."""

    session: str
    start: datetime
    end: datetime


_SHEET, _DETAIL = Kind(Timesheet), Kind(TimesheetDetail)


class Timesheets(Asking):
    """Weeks that trainers submit and platforms approve.

    What decides takes `seen`, the `TimesheetDetail.etag` of what was looked at: `Changed` if it is
    not that any more, such as when hours came late. Without it the week is decided as it is.
    """

    def timesheets(
        self,
        *,
        week: str | None = None,
        state: SheetState | None = None,
        person: str | None = None,
    ) -> Iterator[Timesheet]:
        """Timesheets, newest first. Scope `timesheets:read`.

        Args:
            week: only this one, like `2026-W49`.
            state: only those that have come so far.
            person: only this one's, by id.
        """
        params = {"week": week, "state": state, "person": person}
        return self._all(_SHEET, "/v1/timesheets", "timesheets", params)

    def timesheet(self, timesheet: str) -> TimesheetDetail:
        """One timesheet with its lines and corrections. Scope `timesheets:read`."""
        return self._get_tagged(_DETAIL, _path(timesheet))

    def approve_timesheet(self, timesheet: str, *, seen: str | None = None) -> TimesheetDetail:
        """Approve a week that was submitted or disputed; what is held of it is payable then.

        Nothing of it is recounted after that: what comes late is offered as a correction. Scope
        `timesheets:write`.
        """
        return self._post(_DETAIL, f"{_path(timesheet)}/approve", seen=seen)

    def dispute_timesheet(
        self,
        timesheet: str,
        reason: str,
        stretches: Sequence[Disputed],
        *,
        seen: str | None = None,
    ) -> TimesheetDetail:
        """Doubt some minutes of a submitted week; all others stay payable.

        They are held no longer than their policy says (14 days, unsaid); if nobody decides by
        then, they are paid. Scope `timesheets:write`.

        Args:
            timesheet: by id.
            reason: what the trainer reads.
            stretches: the minutes, one stretch at least.
            seen: what was looked at.
        """
        body = {"reason": reason, "stretches": stretches}
        return self._post(_DETAIL, f"{_path(timesheet)}/dispute", body, seen=seen)

    def lock_timesheet(self, timesheet: str, *, seen: str | None = None) -> TimesheetDetail:
        """Say that payroll has taken an approved week. Scope `timesheets:write`.

        `Conflict` while some of it is held.
        """
        return self._post(_DETAIL, f"{_path(timesheet)}/lock", seen=seen)

    def accept_correction(
        self, timesheet: str, number: int, *, seen: str | None = None
    ) -> TimesheetDetail:
        """Have a correction count, by its number. Scope `timesheets:write`.

        `Forbidden` if it takes pay away: that is the trainer's to accept.
        """
        path = f"{_path(timesheet)}/corrections/{number:d}/accept"
        return self._post(_DETAIL, path, seen=seen)

    def decline_correction(
        self, timesheet: str, number: int, reason: str, *, seen: str | None = None
    ) -> TimesheetDetail:
        """Let a correction never count, by its number; the trainer reads the reason.

        Scope `timesheets:write`. `Forbidden` if it takes pay away: that is the trainer's to
        decline.
        """
        path = f"{_path(timesheet)}/corrections/{number:d}/decline"
        return self._post(_DETAIL, path, {"reason": reason}, seen=seen)


def _path(timesheet: str) -> str:
    return f"/v1/timesheets/{id_in_path(timesheet)}"
