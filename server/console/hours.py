"""Weeks of hours: the trainer's own, and those that a lead or an administrator decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import iso_utc
from server.console.desk import Desk, Form, one, to
from server.console.people import said
from server.errors import Refusal, ServerError, not_found
from server.hours.calendar import iso_week
from server.hours.intervals import Disputed, Interval
from server.hours.sheets import SheetView, Timesheets, may_decide, takes_away
from server.hours.zones import Zones
from server.records import Person
from server.records.hours import Seconds
from server.records.timesheets import Correction, CorrectionState, HoursLine, SheetState, Timesheet
from server.services.asking import Asker
from server.services.naming import named_id
from wire.problems import ProblemCode

_PAGE = 50
_NUMBER_MAX_CHARS = 18
_INTERVALS = 3
"""So many the form has room for."""


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


@dataclass(frozen=True, slots=True)
class LineRow:
    """A session on a day."""

    key: str
    session: str
    project: str
    figures: tuple[str, ...]
    note: str


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
class Asked:
    """A dispute as it was filled in: it is not lost with what is wrong in it."""

    error: str = ""
    reason: str = ""
    lines: frozenset[str] = frozenset()
    intervals: tuple[tuple[str, str, str], ...] = (("", "", ""),) * _INTERVALS
    """Day, from, to."""


NOTHING_ASKED = Asked()


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


class HoursRoutes:
    """Lists, a week, and its steps."""

    def __init__(self, desk: Desk, sheets: Timesheets, zones: Zones) -> None:
        self._desk = desk
        self._sheets = sheets
        self._zones = zones

    def routes(self) -> list[Route]:
        """What to mount."""
        steps = {
            "submit": self.submit,
            "answer": self.answer,
            "give-up": self.give_up,
            "approve": self.approve,
            "dispute": self.dispute,
            "lock": self.lock,
            "corrections/{number}/accept": self.accept,
            "corrections/{number}/decline": self.decline,
        }
        return [
            Route("/hours", self.weeks, methods=["GET"]),
            Route("/hours/zone", self.zone, methods=["POST"]),
            Route("/hours/{sheet}", self.week, methods=["GET"]),
            *(
                Route(f"/hours/{{sheet}}/{name}", do, methods=["POST"])
                for name, do in steps.items()
            ),
        ]

    async def weeks(self, request: Request) -> Response:
        """The list, newest first."""
        person = await self._desk.person(request)
        return to("/login") if person is None else await self._list(request, person)

    async def zone(self, request: Request) -> Response:
        """Choose the time zone that one's own days are counted in."""
        person = await self._desk.required(request)
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        form = await self._desk.form(request)
        try:
            await run_in_threadpool(self._zones.choose, asker, one(form, "zone").strip())
        except ServerError as error:
            return await self._list(request, person, said(error))
        return to("/hours")

    async def week(self, request: Request) -> Response:
        """One week."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        view = await run_in_threadpool(self._sheets.view, asker, request.path_params["sheet"])
        return self._page(request, person, _week_page(asker, view, NOTHING_ASKED))

    async def submit(self, request: Request) -> Response:
        """The trainer says: this is my week."""
        asker, view, _ = await self._asked(request)
        await run_in_threadpool(self._sheets.submit, asker, view)
        return _back(view)

    async def answer(self, request: Request) -> Response:
        """What the trainer says to a dispute."""
        asker, view, form = await self._asked(request)
        await run_in_threadpool(self._sheets.answer, asker, view, one(form, "answer"))
        return _back(view)

    async def give_up(self, request: Request) -> Response:
        """The disputed minutes are not paid; the trainer agrees."""
        asker, view, _ = await self._asked(request)
        await run_in_threadpool(self._sheets.give_up, asker, view)
        return _back(view)

    async def approve(self, request: Request) -> Response:
        """The hours are right."""
        asker, view, _ = await self._asked(request)
        await run_in_threadpool(self._sheets.approve, asker, view)
        return _back(view)

    async def dispute(self, request: Request) -> Response:
        """Doubt some sessions' days, or some time of a day."""
        asker, view, form = await self._asked(request)
        try:
            await run_in_threadpool(self._dispute, asker, view, form)
        except Refusal as refusal:
            if refusal.problem.code != ProblemCode.INVALID_REQUEST:
                raise
            asked = _asked(form, refusal.problem.detail or "")
            person = await self._desk.required(request)
            return self._page(request, person, _week_page(asker, view, asked), 400)
        return _back(view)

    def _dispute(self, asker: Asker, view: SheetView, form: Form) -> None:
        lines = [_disputed(view, key) for key in form.get("line", [])]
        minutes = self._sheets.disputed_in(asker, view, _intervals(view, form))
        self._sheets.dispute(asker, view, one(form, "reason"), lines + minutes)

    def _page(
        self, request: Request, person: Person, page: WeekPage, status: int = 200
    ) -> Response:
        return self._desk.page(request, "timesheet.html", person, {"page": page}, status)

    async def lock(self, request: Request) -> Response:
        """Payroll has taken it."""
        asker, view, _ = await self._asked(request)
        await run_in_threadpool(self._sheets.lock, asker, view)
        return _back(view)

    async def accept(self, request: Request) -> Response:
        """Have a correction count."""
        asker, view, _ = await self._asked(request)
        number = _number(request.path_params["number"])
        await run_in_threadpool(self._sheets.accept, asker, view, number)
        return _back(view)

    async def decline(self, request: Request) -> Response:
        """Let a correction never count, and say why."""
        asker, view, form = await self._asked(request)
        number = _number(request.path_params["number"])
        await run_in_threadpool(self._sheets.decline, asker, view, number, one(form, "reason"))
        return _back(view)

    async def _asked(self, request: Request) -> tuple[Asker, SheetView, Form]:
        """Who asks, and the week as they saw it; raises `Refusal` if it has changed since."""
        asker = await self._desk.asker(request)
        form = await self._desk.form(request)
        view = await run_in_threadpool(self._sheets.view, asker, request.path_params["sheet"])
        if one(form, "version") != str(view.sheet.version):
            detail = "This week changed while you looked at it; look again and decide anew."
            raise Refusal(ProblemCode.CONFLICT, 409, detail)
        return asker, view, form

    async def _list(self, request: Request, person: Person, error: str = "") -> Response:
        before = request.query_params.get("before")
        page = await run_in_threadpool(
            self._contents, person, _number(before) if before is not None else None
        )
        context: dict[str, object] = {"page": page, "error": error}
        return self._desk.page(request, "hours.html", person, context, 400 if error else 200)

    def _contents(self, person: Person, before: int | None) -> HoursPage:
        asker = self._desk.sign_ins.asker(person)
        found = self._sheets.page(asker, before, _PAGE + 1)
        more = f"?before={found[_PAGE - 1].row}" if len(found) > _PAGE else None
        rows = tuple(_week_row(sheet) for sheet in found[:_PAGE])
        return HoursPage(rows, more, self._zones.now(asker))


def _asked(form: Form, error: str) -> Asked:
    intervals = _filled_in(form)[:_INTERVALS]
    return Asked(
        error,
        one(form, "reason"),
        frozenset(form.get("line", [])),
        (*intervals, *NOTHING_ASKED.intervals[len(intervals) :]),
    )


def _filled_in(form: Form) -> tuple[tuple[str, str, str], ...]:
    fields = (form.get(name, []) for name in ("day", "from", "to"))
    return tuple(row for row in zip(*fields, strict=False) if any(row))


def _intervals(view: SheetView, form: Form) -> list[Interval]:
    days = {_day_key(line): line for line in view.lines}
    found = []
    for day, first, last in _filled_in(form):
        if not (day and first and last):
            raise _invalid("Name the day, and from when to when.")
        if day not in days:
            raise _invalid("A day that is named has no hours in this week.")
        found.append(Interval(days[day].day, days[day].zone, first, last))
    return found


def _day_key(line: HoursLine) -> str:
    return f"{line.day}:{line.zone}"


def _invalid(detail: str) -> Refusal:
    return Refusal(ProblemCode.INVALID_REQUEST, 400, detail)


def _week_page(asker: Asker, view: SheetView, asked: Asked) -> WeekPage:
    sheet = view.sheet
    return WeekPage(
        row=_week_row(sheet),
        version=sheet.version,
        days=tuple(_days(view.lines)),
        corrections=tuple(_correction_row(asker, sheet, one) for one in view.corrections),
        reason=sheet.reason or "",
        answer=sheet.answer or "",
        approved=iso_utc(sheet.approved_us)[:10] if sheet.approved_us is not None else "",
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
            f"{day}:{zone}",
            date.fromordinal(day).strftime("%a %d %b"),
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
    note = "correction" if line.correction else ""
    clocks = tuple(clock(each) for each in figures)
    return LineRow(f"{session}:{line.day}", session, line.project_name, clocks, note)


def _correction_row(asker: Asker, sheet: Timesheet, correction: Correction) -> CorrectionRow:
    total = Seconds()
    for part in correction.parts:
        total += part.seconds
    decides = asker.person == sheet.person if takes_away(correction) else may_decide(asker, sheet)
    return CorrectionRow(
        correction.row,
        iso_utc(correction.made_us)[:10],
        correction.state.value,
        clock(total.worked_s),
        correction.reason or "",
        decides and correction.state is CorrectionState.OFFERED,
    )


def _week_row(sheet: Timesheet) -> WeekRow:
    return WeekRow(
        sheet.id.hex(),
        iso_week(sheet.week),
        sheet.person_name,
        sheet.state.value,
        clock(sheet.seconds.worked_s),
        clock(sheet.seconds.held_s),
        clock(sheet.seconds.payable_s),
    )


def clock(seconds: int) -> str:
    """Seconds as h:mm:ss, with a sign where there is less."""
    sign, rest = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"


def _disputed(view: SheetView, key: str) -> Disputed:
    """A session's day, as the form names it."""
    session, _, day = key.partition(":")
    spans = view.day_spans
    if _number(day) not in spans:
        raise not_found()
    start_s, end_s = spans[_number(day)]
    return Disputed(named_id(session), start_s * 1_000_000, end_s * 1_000_000)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > _NUMBER_MAX_CHARS:
        raise not_found()
    return int(text)


def _back(view: SheetView) -> Response:
    return to(f"/hours/{view.sheet.id.hex()}")
