"""Weeks of hours: the trainer's own, and those that a lead or an administrator decides."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, Form, one, to
from server.console.hours_contexts import (
    STATE_TITLES,
    HoursPage,
    WeekPage,
    week_page,
    week_row,
)
from server.console.hours_disputing import (
    NOTHING_ASKED,
    as_filled_in,
    day_disputed,
    intervals_in,
    number_in,
)
from server.console.people import said
from server.errors import Refusal, ServerError, not_found
from server.hours.sheets import SheetView, Timesheets
from server.hours.zones import Zones
from server.language import N_, _
from server.records import Person
from server.records.timesheets import SheetState
from server.services.asking import Asker
from wire.problems import ProblemCode

_PAGE = 50


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
        return self._page(request, person, week_page(asker, view, NOTHING_ASKED))

    async def submit(self, request: Request) -> Response:
        """The trainer says: this is my week."""
        asker, view, _form = await self._asked(request)
        await run_in_threadpool(self._sheets.submit, asker, view)
        return _back(view)

    async def answer(self, request: Request) -> Response:
        """What the trainer says to a dispute."""
        asker, view, form = await self._asked(request)
        await run_in_threadpool(self._sheets.answer, asker, view, one(form, "answer"))
        return _back(view)

    async def give_up(self, request: Request) -> Response:
        """The disputed minutes are not paid; the trainer agrees."""
        asker, view, _form = await self._asked(request)
        await run_in_threadpool(self._sheets.give_up, asker, view)
        return _back(view)

    async def approve(self, request: Request) -> Response:
        """The hours are right."""
        asker, view, _form = await self._asked(request)
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
            asked = as_filled_in(form, refusal.spoken)
            person = await self._desk.required(request)
            return self._page(request, person, week_page(asker, view, asked), 400)
        return _back(view)

    def _dispute(self, asker: Asker, view: SheetView, form: Form) -> None:
        lines = [day_disputed(view, key) for key in form.get("line", [])]
        minutes = self._sheets.disputed_in(asker, view, intervals_in(view, form))
        self._sheets.dispute(asker, view, one(form, "reason"), lines + minutes)

    def _page(
        self, request: Request, person: Person, page: WeekPage, status: int = 200
    ) -> Response:
        return self._desk.page(request, "timesheet.html", person, {"page": page}, status)

    async def lock(self, request: Request) -> Response:
        """Payroll has taken it."""
        asker, view, _form = await self._asked(request)
        await run_in_threadpool(self._sheets.lock, asker, view)
        return _back(view)

    async def accept(self, request: Request) -> Response:
        """Have a correction count."""
        asker, view, _form = await self._asked(request)
        number = number_in(request.path_params["number"])
        await run_in_threadpool(self._sheets.accept, asker, view, number)
        return _back(view)

    async def decline(self, request: Request) -> Response:
        """Let a correction never count, and say why."""
        asker, view, form = await self._asked(request)
        number = number_in(request.path_params["number"])
        await run_in_threadpool(self._sheets.decline, asker, view, number, one(form, "reason"))
        return _back(view)

    async def _asked(self, request: Request) -> tuple[Asker, SheetView, Form]:
        """Who asks, and the week as they saw it; raises `Refusal` if it has changed since."""
        asker = await self._desk.asker(request)
        form = await self._desk.form(request)
        view = await run_in_threadpool(self._sheets.view, asker, request.path_params["sheet"])
        if one(form, "version") != str(view.sheet.version):
            detail = N_("This week changed while you looked at it; look again and decide anew.")
            raise Refusal(ProblemCode.CONFLICT, 409, detail)
        return asker, view, form

    async def _list(self, request: Request, person: Person, error: str = "") -> Response:
        params = request.query_params
        before = params.get("before")
        page = await run_in_threadpool(
            self._contents,
            person,
            number_in(before) if before is not None else None,
            _state(params.get("state", "")),
            params.get("person", ""),
        )
        context: dict[str, object] = {"page": page, "error": error}
        return self._desk.page(request, "hours.html", person, context, 400 if error else 200)

    def _contents(
        self, person: Person, before: int | None, state: SheetState | None, whose: str
    ) -> HoursPage:
        asker = self._desk.sign_ins.asker(person)
        found = self._sheets.page(asker, before, _PAGE + 1, state=state, person_hex=whose or None)
        asked = urlencode({"state": state.value if state else "", "person": whose})
        more = f"?{asked}&before={found[_PAGE - 1].row}" if len(found) > _PAGE else None
        rows = tuple(week_row(sheet) for sheet in found[:_PAGE])
        decides = asker.sees_people
        return HoursPage(
            rows,
            more,
            self._zones.now(asker),
            tuple((each.value, _(title)) for each, title in STATE_TITLES.items() if decides),
            state.value if state else "",
            whose,
        )


def _state(text: str) -> SheetState | None:
    try:
        return SheetState(text) if text else None
    except ValueError as error:
        raise not_found() from error


def _back(view: SheetView) -> Response:
    return to(f"/hours/{view.sheet.id.hex()}")
