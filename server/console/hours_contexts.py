"""What the pages about hours show, in words and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from server.console.hours_disputing import Asked, day_key
from server.hours.calendar import iso_week
from server.hours.sheets import SheetView, may_decide, takes_away
from server.language import N_, _, formats
from server.records.hours import Seconds
from server.records.timesheets import Correction, CorrectionState, HoursLine, SheetState, Timesheet
from server.services.asking import Asker

STATE_TITLES = {
    SheetState.OPEN: N_("Open"),
    SheetState.SUBMITTED: N_("Submitted"),
    SheetState.DISPUTED: N_("Disputed"),
    SheetState.APPROVED: N_("Approved"),
    SheetState.LOCKED: N_("Locked"),
}
CORRECTION_TITLES = {
    CorrectionState.OFFERED: N_("offered"),
    CorrectionState.ACCEPTED: N_("accepted"),
    CorrectionState.DECLINED: N_("declined"),
    CorrectionState.REPLACED: N_("replaced by a later one"),
}


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week in the list."""

    id: str
    week: str
    person: str
    state: str
    worked: str
    held: str
    payable: str


@dataclass(frozen=True, slots=True)
class HoursPage:
    """The list of weeks."""

    rows: tuple[WeekRow, ...]
    next_href: str | None
    zone: str
    states: tuple[tuple[str, str], ...] = ()
    """What the list can be narrowed to, for whoever decides weeks of others."""
    state: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class LineRow:
    """A session on a day."""

    key: str
    session: str
    project: str
    figures: tuple[str, ...]
    corrected: bool
    """It came as a correction."""


@dataclass(frozen=True, slots=True)
class DayRows:
    """A day with its sessions."""

    key: str
    day: str
    zone: str
    lines: tuple[LineRow, ...]


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A difference that came after the decision."""

    number: int
    made: str
    state: str
    difference: str
    reason: str
    decidable: bool


@dataclass(frozen=True, slots=True)
class WeekPage:
    """One week, the same page for everybody who sees it; what may be done differs."""

    row: WeekRow
    version: int
    days: tuple[DayRows, ...]
    corrections: tuple[CorrectionRow, ...]
    reason: str
    answer: str
    approved: str
    may: frozenset[str]
    asked: Asked
    """What was filled in and could not be done."""


def week_page(asker: Asker, view: SheetView, asked: Asked) -> WeekPage:
    """A week as somebody sees it, with a dispute that was filled in."""
    sheet = view.sheet
    return WeekPage(
        row=week_row(sheet),
        version=sheet.version,
        days=tuple(_days(view.lines)),
        corrections=tuple(_correction_row(asker, sheet, one) for one in view.corrections),
        reason=sheet.reason or "",
        answer=sheet.answer or "",
        approved=_day(sheet.approved_us) if sheet.approved_us is not None else "",
        may=_may(asker, sheet),
        asked=asked,
    )


def _may(asker: Asker, sheet: Timesheet) -> frozenset[str]:
    """What whoever looks may do; the service decides it again."""
    own = {SheetState.OPEN: {"submit"}, SheetState.DISPUTED: {"answer", "give-up"}}
    theirs = {
        SheetState.OPEN: {"approve"},
        SheetState.SUBMITTED: {"approve", "dispute"},
        SheetState.DISPUTED: {"approve"},
        SheetState.APPROVED: {"lock"},
    }
    found = own.get(sheet.state, set()) if asker.person == sheet.person else set()
    if may_decide(asker, sheet):
        found |= theirs.get(sheet.state, set())
    return frozenset(found)


def _days(lines: Sequence[HoursLine]) -> list[DayRows]:
    return [
        DayRows(
            day_key(day, zone),
            formats.day(date.fromordinal(day)),
            zone,
            tuple(map(_line_row, some)),
        )
        for (day, zone), some in groupby(
            sorted(lines, key=lambda line: line.key), key=lambda line: (line.day, line.zone)
        )
    ]


def _line_row(line: HoursLine) -> LineRow:
    seconds = line.seconds
    figures = (
        seconds.observed_s,
        seconds.partly_s,
        seconds.manual_s,
        seconds.unobservable_s,
        seconds.overlap_s,
        seconds.held_s,
        seconds.payable_s,
    )
    session = line.session.hex()
    clocks, corrected = tuple(clock(each) for each in figures), bool(line.correction)
    return LineRow(f"{session}:{line.day}", session, line.project_name, clocks, corrected)


def _correction_row(asker: Asker, sheet: Timesheet, correction: Correction) -> CorrectionRow:
    total = Seconds()
    for part in correction.parts:
        total += part.seconds
    decides = asker.person == sheet.person if takes_away(correction) else may_decide(asker, sheet)
    return CorrectionRow(
        correction.row,
        _day(correction.made_us),
        _(CORRECTION_TITLES[correction.state]),
        clock(total.worked_s),
        correction.reason or "",
        decides and correction.state is CorrectionState.OFFERED,
    )


def _day(at_us: int) -> str:
    return formats.full_day(datetime.fromtimestamp(at_us / 1_000_000, UTC).date())


def week_row(sheet: Timesheet) -> WeekRow:
    """A week in a line."""
    return WeekRow(
        sheet.id.hex(),
        iso_week(sheet.week),
        sheet.person_name,
        _(STATE_TITLES[sheet.state]),
        clock(sheet.seconds.worked_s),
        clock(sheet.seconds.held_s),
        clock(sheet.seconds.payable_s),
    )


def clock(seconds: int) -> str:
    """Seconds as h:mm:ss, with a sign where there is less."""
    sign, rest = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
