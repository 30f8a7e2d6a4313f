"""A trainer's own pages: what needs them now, what they agreed to, receipts of their sessions."""

from dataclasses import replace
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import now_us
from server.console.desk import Desk, to
from server.console.hours_disputing import number_in
from server.console.me_contexts import (
    ConsentRow,
    MePage,
    ReceiptsPage,
    consent_rows,
    is_live,
    me_page,
    receipt_rows,
)
from server.console.own_time import OwnTime
from server.hours.sheets import takes_away
from server.hours.zones import Zones
from server.records import Person, Role, Sight, StoredReview
from server.records.timesheets import DECIDED, CorrectionState, Timesheet
from server.services.asking import Asker
from server.services.receipt_files import ReceiptFiles
from server.services.review import Review
from server.storage.protocols import OrganisationStore, Store

_WEEKS = 12
"""So many of the newest weeks are looked through for what waits."""
_REVIEWS = 50
_BEGIN = {Role.TRAINER: "/me", Role.LEAD: "/overview", Role.ADMIN: "/overview"}
"""Where each role begins; all others, with the sessions."""


class MeRoutes:
    """What is somebody's own."""

    def __init__(self, desk: Desk, store: Store, review: Review, receipts: ReceiptFiles) -> None:
        self._desk = desk
        self._store = store
        self._review = review
        self._receipts = receipts
        self._zones = Zones(store)

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/me", self.me, methods=["GET"]),
            Route("/me/consents", self.consents, methods=["GET"]),
            Route("/me/receipts", self.receipts, methods=["GET"]),
            Route("/me/receipts/{session}", self.receipt_file, methods=["GET"]),
        ]

    async def home(self, request: Request) -> Response:
        """Where somebody begins: trainers with what needs them, leads with the figures."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        return to(_BEGIN.get(person.role, "/sessions"))

    async def me(self, request: Request) -> Response:
        """What needs somebody now, by deadline."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._desk.asker(request)
        page = await run_in_threadpool(self._me, asker, person)
        return self._desk.page(request, "me.html", person, {"page": page})

    async def consents(self, request: Request) -> Response:
        """What somebody agreed to, and when."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._desk.asker(request)
        rows = await run_in_threadpool(self._consents, asker, person)
        return self._desk.page(request, "consents.html", person, {"rows": rows})

    async def receipts(self, request: Request) -> Response:
        """Receipts, session by session, and how to check them."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        before = request.query_params.get("before")
        asker = await self._desk.asker(request)
        page = await run_in_threadpool(
            self._receipts_page, asker, person, number_in(before) if before is not None else None
        )
        return self._desk.page(request, "receipts.html", person, {"page": page})

    async def receipt_file(self, request: Request) -> Response:
        """The receipts of one session, as a file."""
        asker = await self._desk.asker(request)
        session, address = request.path_params["session"], self._desk.address_of(request, "")
        made = await run_in_threadpool(self._receipts.of_session, asker, session, address)
        fields = {
            "content-disposition": f'attachment; filename="receipts-{session[:8]}.json"',
            "cache-control": "no-store",
        }
        return Response(made, headers=fields, media_type="application/json")

    def _time(self, asker: Asker) -> OwnTime:
        return OwnTime(self._zones.now(asker), now_us())

    def _me(self, asker: Asker, person: Person) -> MePage:
        own = self._store.of(asker.organisation)
        reviews = [each for each in own.reviews_of(person.id) if is_live(each)][:_REVIEWS]
        sheets = own.timesheets(Sight(person=person.id), _WEEKS)
        return me_page(
            [(each, _began_us(own, each)) for each in reviews],
            [(sheet, _corrected(own, sheet)) for sheet in sheets],
            self._time(asker),
        )

    def _consents(self, asker: Asker, person: Person) -> tuple[ConsentRow, ...]:
        own = self._store.of(asker.organisation)
        steps = own.consent_history(person.id)
        projects = {each.id: each.name for each in own.projects()}
        named = {(step.project, step.version) for step in steps if step.version is not None}
        found = {(project, version): own.policy(project, version) for project, version in named}
        policies = {name: policy for name, policy in found.items() if policy is not None}
        return consent_rows(steps, projects, policies, self._time(asker))

    def _receipts_page(self, asker: Asker, person: Person, before: int | None) -> ReceiptsPage:
        mine = replace(asker, role=Role.TRAINER)
        views, more = self._review.page(mine, before)
        href = f"?{urlencode({'before': more})}" if more else None
        return ReceiptsPage(receipt_rows(views, self._time(asker)), href)


def _began_us(own: OrganisationStore, review: StoredReview) -> int | None:
    line = own.line(review.session) if review.session is not None else None
    return line.opened_us if line is not None else None


def _corrected(own: OrganisationStore, sheet: Timesheet) -> bool:
    """Whether a correction waits for the trainer."""
    return sheet.state in DECIDED and any(
        each.state is CorrectionState.OFFERED and takes_away(each)
        for each in own.corrections(sheet.row)
    )
