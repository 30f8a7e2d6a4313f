"""Downloads: hours and decisions of some days, and what is held about somebody."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import now_us
from server.console.desk import Desk, one, to
from server.errors import Refusal, not_found
from server.hours.exporting import HoursExport
from server.language import _, moment
from server.privacy.asked_exports import DAYS, AskedExports, is_over
from server.records import Person, Role
from server.reviews.exporting import DecisionExport
from server.routes.v1.exports import Export, Format, exported
from server.services.asking import Asker
from server.services.naming import named_id
from server.services.people import Directory
from server.storage.protocols import OrganisationStore

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy of what is held about somebody, asked for or ready."""

    person: str
    name: str
    state: str
    """asked, ready or too-large."""
    until: str


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """What may be downloaded."""

    first: str
    last: str
    """The days, as they were filled in."""
    said: str
    decisions: bool
    people: tuple[tuple[str, str], ...]
    copies: tuple[CopyRow, ...]
    days: int = DAYS


class ExportRoutes:
    """Hours for leads, of their teams; everything for administrators."""

    def __init__(
        self,
        desk: Desk,
        directory: Directory,
        hours: HoursExport,
        decisions: DecisionExport,
        copies: AskedExports,
    ) -> None:
        self._desk = desk
        self._directory = directory
        self._hours = hours
        self._decisions = decisions
        self._copies = copies

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/exports", self.exports, methods=["GET"]),
            Route("/exports/hours", self.hours, methods=["GET"]),
            Route("/exports/decisions", self.decisions, methods=["GET"]),
            Route("/exports/people", self.ask, methods=["POST"]),
            Route("/exports/people/{person}", self.copy, methods=["GET"]),
        ]

    async def exports(self, request: Request) -> Response:
        """What there is."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._asker(request)
        return await self._page(request, person, asker)

    async def hours(self, request: Request) -> Response:
        """Hours of some days: of everybody, or of a lead's teams."""
        return await self._export(request, self._hours, "hours", await self._asker(request))

    async def decisions(self, request: Request) -> Response:
        """Decisions of some days."""
        asker = await self._asker(request)
        asker.need_administrator()
        return await self._export(request, self._decisions, "decisions", asker)

    async def ask(self, request: Request) -> Response:
        """Have a copy of what is held about somebody made; the person reads that in their log."""
        form, asker = await self._desk.form(request), await self._asker(request)
        asker.need_administrator()
        about = await run_in_threadpool(self._directory.somebody, asker, one(form, "person"))
        own = self._own(asker)

        def note() -> None:
            if own.ask_export(about.id, now_us()):
                own.audit(asker.name, "export.asked", about.id.hex())

        await run_in_threadpool(note)
        return to("/exports#copies")

    async def copy(self, request: Request) -> Response:
        """The copy; that it was taken is in the log that its person reads."""
        asker = await self._asker(request)
        asker.need_administrator()
        about = named_id(request.path_params["person"])

        def read() -> bytes | None:
            data = self._copies.read(asker.organisation, about, now_us())
            if data is not None:
                self._own(asker).audit(asker.name, "export.taken", about.hex())
            return data

        data = await run_in_threadpool(read)
        if data is None:
            raise not_found()
        fields = {"content-disposition": f'attachment; filename="veritype-{about.hex()}.zip"'}
        return Response(data, headers=fields, media_type="application/zip")

    async def _export(self, request: Request, export: Export, name: str, asker: Asker) -> Response:
        first, last = _day(request, "from"), _day(request, "to")
        form = Format.JSON if request.query_params.get("format") == "json" else Format.CSV
        person = await self._desk.required(request)
        if first is None or last is None:
            said = _("Write both days like 2026-11-30.")
            return await self._page(request, person, asker, said)
        try:
            return await run_in_threadpool(exported, export, asker, name, first, last, form)
        except Refusal:
            said = _("The last day lies on or after the first, and at most a year behind it.")
            return await self._page(request, person, asker, said)

    async def _asker(self, request: Request) -> Asker:
        asker = await self._desk.asker(request)
        asker.need_people()
        return asker

    def _own(self, asker: Asker) -> OrganisationStore:
        return self._desk.sign_ins.store.of(asker.organisation)

    async def _page(
        self, request: Request, person: Person, asker: Asker, said: str = ""
    ) -> Response:
        today = datetime.now(UTC).date()
        month = today.replace(day=1)
        params = request.query_params
        people = await run_in_threadpool(self._people, asker)
        page = ExportsPage(
            first=params.get("from", month.isoformat()),
            last=params.get("to", today.isoformat()),
            said=said,
            decisions=asker.runs_organisation,
            people=tuple((each.id.hex(), each.name) for each in people),
            copies=await run_in_threadpool(self._rows, asker, people),
        )
        return self._desk.page(
            request, "exports.html", person, {"page": page}, 400 if said else 200
        )

    def _people(self, asker: Asker) -> list[Person]:
        return list(self._directory.everybody(asker)) if asker.role is Role.ADMIN else []

    def _rows(self, asker: Asker, people: list[Person]) -> tuple[CopyRow, ...]:
        own, now = self._own(asker), now_us()
        names = {each.id: each.name for each in people}
        found = [made for made in own.exports_asked() if made.person in names] if people else []
        return tuple(
            CopyRow(
                made.person.hex(),
                names[made.person],
                "asked" if made.made_us is None else "ready" if made.digest else "too-large",
                moment(made.made_us + DAYS * _DAY_US) if made.made_us else "",
            )
            for made in found
            if not is_over(made, now)
        )


def _day(request: Request, name: str) -> date | None:
    try:
        return date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        return None
