"""`/v1/timesheets`: weeks of people, and what is decided of them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Security
from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from server.clock import iso_utc, us_of
from server.errors import Refusal
from server.hours.calendar import iso_week, monday_of
from server.hours.exporting import HoursOut, line_out
from server.hours.intervals import Disputed
from server.hours.sheets import (
    STRETCHES_MAX,
    WORDS_MAX_CHARS,
    SheetView,
    Timesheets,
    takes_away,
)
from server.http.etags import IfMatch, if_match
from server.http.paging import PageAsked, Paging
from server.records import Scope
from server.records.timesheets import Correction, CorrectionState, SheetState, Timesheet
from server.routes.v1.asking import AskerOf
from server.routes.v1.bodies import EXACTLY
from server.routes.v1.hours import TotalsOut, totals_out
from server.routes.v1.references import PersonRef
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from server.services.naming import named_id
from wire.problems import ProblemCode

_WEEK = r"^[0-9]{4}-W[0-9]{2}$"
_ROW_MAX = 1 << 62


@dataclass(frozen=True, slots=True)
class TimesheetOut:
    """One person's ISO week; what counts now is in `totals`."""

    id: str
    person: PersonRef
    week: str
    state: SheetState
    version: int
    """Raised by every change, also by hours that come late."""
    changed_at: str
    submitted_at: str | None
    disputed_at: str | None
    approved_at: str | None
    locked_at: str | None
    reason: str | None
    """Why it was disputed."""
    answer: str | None
    """What the trainer says to that."""
    totals: TotalsOut


@dataclass(frozen=True, slots=True)
class TimesheetsOut:
    """A page of timesheets, newest first; `next` is the cursor of the page after."""

    timesheets: list[TimesheetOut]
    next: str | None


@dataclass(frozen=True, slots=True)
class DifferenceOut:
    """A signed difference of one session on one day."""

    session: str | None
    """Null where the session is not known any more."""
    day: str
    zone: str
    totals: TotalsOut


@dataclass(frozen=True, slots=True)
class CorrectionOut:
    """What a recount after the decision came to: it counts only once somebody accepted it."""

    number: int
    state: CorrectionState
    made_at: str
    accepted_at: str | None
    declined_at: str | None
    reason: str | None
    """Why it was declined."""
    takes_away: bool
    """It lowers what is paid: only the trainer can accept or decline it, in the console."""
    differences: list[DifferenceOut]


@dataclass(frozen=True, slots=True)
class TimesheetDetailOut:
    """A timesheet with its lines and corrections."""

    timesheet: TimesheetOut
    hours: list[HoursOut]
    corrections: list[CorrectionOut]


@dataclass(frozen=True, slots=True)
class StretchIn:
    """Minutes of a session, in time of day with its offset."""

    __pydantic_config__ = EXACTLY

    session: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    start: AwareDatetime
    end: AwareDatetime


@dataclass(frozen=True, slots=True)
class DisputeIn:
    """Why, and which minutes: all others stay payable."""

    __pydantic_config__ = EXACTLY

    reason: Annotated[str, Field(min_length=1, max_length=WORDS_MAX_CHARS)]
    stretches: Annotated[list[StretchIn], Field(min_length=1, max_length=STRETCHES_MAX)]


@dataclass(frozen=True, slots=True)
class DeclineIn:
    """Why a correction does not count."""

    __pydantic_config__ = EXACTLY

    reason: Annotated[str, Field(min_length=1, max_length=WORDS_MAX_CHARS)]


def timesheets_router(sheets: Timesheets, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about timesheets."""
    router = APIRouter(prefix="/v1", tags=["timesheets"], route_class=StrictRoute)
    Reader = Annotated[Asker, Security(asker_of, scopes=[Scope.TIMESHEETS_READ.value])]  # noqa: N806
    Writer = Annotated[Asker, Security(asker_of, scopes=[Scope.TIMESHEETS_WRITE.value])]  # noqa: N806
    Seen = Annotated[IfMatch, Depends(if_match)]  # noqa: N806

    def seen_by(asker: Asker, timesheet_id: str, seen: IfMatch) -> SheetView:
        view = sheets.view(asker, timesheet_id)
        seen.check(_detail_out(view))
        return view

    @router.get("/timesheets")
    def timesheets(
        asker: Reader,
        asked: Annotated[PageAsked, Depends(paging)],
        week: Annotated[str | None, Query(pattern=_WEEK, description="Like `2026-W49`.")] = None,
        state: SheetState | None = None,
        person: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")] = None,
    ) -> TimesheetsOut:
        """Timesheets, newest first. A week is there as soon as a session of it is scored."""
        before = asked.after(asker, int)
        monday = _monday(week) if week is not None else None
        found = sheets.page(asker, before, asked.to_read, monday, state, person)
        page = asked.page(asker, found, lambda sheet: sheet.row)
        return TimesheetsOut([_sheet_out(sheet) for sheet in page.items], page.next)

    @router.get("/timesheets/{timesheet_id}")
    def timesheet(timesheet_id: str, asker: Reader) -> TimesheetDetailOut:
        """One timesheet with its lines and corrections."""
        return _detail_out(sheets.view(asker, timesheet_id))

    @router.post("/timesheets/{timesheet_id}/approve")
    def approve(timesheet_id: str, asker: Writer, seen: Seen) -> TimesheetDetailOut:
        """Approve a week that was submitted or disputed; what its dispute held is payable.

        One that nobody submitted can be approved from a week after its end. Nothing of it is
        recounted after that: what comes late is offered as a correction. 409 if it changed
        while it was decided.
        """
        sheets.approve(asker, seen_by(asker, timesheet_id, seen))
        return _detail_out(sheets.view(asker, timesheet_id))

    @router.post("/timesheets/{timesheet_id}/dispute")
    def dispute(
        timesheet_id: str, asker: Writer, body: DisputeIn, seen: Seen
    ) -> TimesheetDetailOut:
        """Doubt some minutes of a submitted week.

        They are held for as long as the policy of their session says at most (`hold_days_max`, else
        14 days); if nobody decides by then, they are paid and the week is approved. All other
        minutes are payable at once.
        """
        disputed = [
            Disputed(named_id(one.session), us_of(one.start), us_of(one.end))
            for one in body.stretches
        ]
        sheets.dispute(asker, seen_by(asker, timesheet_id, seen), body.reason, disputed)
        return _detail_out(sheets.view(asker, timesheet_id))

    @router.post("/timesheets/{timesheet_id}/lock")
    def lock(timesheet_id: str, asker: Writer, seen: Seen) -> TimesheetDetailOut:
        """Say that payroll has taken an approved week; 409 while some of it is held."""
        sheets.lock(asker, seen_by(asker, timesheet_id, seen))
        return _detail_out(sheets.view(asker, timesheet_id))

    @router.post("/timesheets/{timesheet_id}/corrections/{number}/accept")
    def accept(timesheet_id: str, number: int, asker: Writer, seen: Seen) -> TimesheetDetailOut:
        """Have a correction count. One that takes pay away is the trainer's to accept (403)."""
        view = seen_by(asker, timesheet_id, seen)
        sheets.accept(asker, view, min(max(number, 0), _ROW_MAX))
        return _detail_out(sheets.view(asker, timesheet_id))

    @router.post("/timesheets/{timesheet_id}/corrections/{number}/decline")
    def decline(
        timesheet_id: str, number: int, asker: Writer, body: DeclineIn, seen: Seen
    ) -> TimesheetDetailOut:
        """Let a correction never count, and say why: the trainer is told, and reads the reason.

        One that takes pay away is the trainer's to decline (403).
        """
        view = seen_by(asker, timesheet_id, seen)
        sheets.decline(asker, view, min(max(number, 0), _ROW_MAX), body.reason)
        return _detail_out(sheets.view(asker, timesheet_id))

    return router


def _monday(week: str) -> int:
    try:
        return monday_of(week)
    except ValueError as error:
        detail = "There is no such week; a week is written like 2026-W49."
        raise Refusal(ProblemCode.INVALID_REQUEST, 400, detail) from error


def _sheet_out(sheet: Timesheet) -> TimesheetOut:
    return TimesheetOut(
        id=sheet.id.hex(),
        person=PersonRef(sheet.person.hex(), sheet.person_name),
        week=iso_week(sheet.week),
        state=sheet.state,
        version=sheet.version,
        changed_at=iso_utc(sheet.changed_us),
        submitted_at=_at(sheet.submitted_us),
        disputed_at=_at(sheet.disputed_us),
        approved_at=_at(sheet.approved_us),
        locked_at=_at(sheet.locked_us),
        reason=sheet.reason,
        answer=sheet.answer,
        totals=totals_out(sheet.seconds),
    )


def _detail_out(view: SheetView) -> TimesheetDetailOut:
    sessions = {line.session_row: line.session.hex() for line in view.lines}
    return TimesheetDetailOut(
        _sheet_out(view.sheet),
        [line_out(line) for line in view.lines],
        [_correction_out(one, sessions) for one in view.corrections],
    )


def _correction_out(correction: Correction, sessions: dict[int, str]) -> CorrectionOut:
    return CorrectionOut(
        number=correction.row,
        state=correction.state,
        made_at=iso_utc(correction.made_us),
        accepted_at=_decided(correction, CorrectionState.ACCEPTED),
        declined_at=_decided(correction, CorrectionState.DECLINED),
        reason=correction.reason,
        takes_away=takes_away(correction),
        differences=[
            DifferenceOut(
                sessions.get(part.session_row),
                date.fromordinal(part.day).isoformat(),
                part.zone,
                totals_out(part.seconds),
            )
            for part in correction.parts
        ],
    )


def _decided(correction: Correction, how: CorrectionState) -> str | None:
    return _at(correction.decided_us) if correction.state is how else None


def _at(at_us: int | None) -> str | None:
    return iso_utc(at_us) if at_us is not None else None
