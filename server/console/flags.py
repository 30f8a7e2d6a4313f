"""The trainers' pages: what is reviewed of theirs, their statement, their appeal."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import now_us
from server.console.desk import Desk, one, to
from server.console.flag_contexts import FlagPage, FlagRow, flag_page, flag_row
from server.console.own_time import OwnTime
from server.console.reasons import read_aloud
from server.errors import Refusal
from server.hours.zones import Zones
from server.records import Person
from server.reviews.answering import Answering
from server.services.asking import Asker
from server.services.review import Review

_FORM_MAX_BYTES = 65_536


class FlagRoutes:
    """What trainers see and say of reviews of their sessions."""

    def __init__(self, desk: Desk, answering: Answering, evidence: Review, zones: Zones) -> None:
        self._desk = desk
        self._answering = answering
        self._evidence = evidence
        self._zones = zones

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/flags", self.mine, methods=["GET"]),
            Route("/flags/{review}", self.flag, methods=["GET"]),
            Route("/flags/{review}/statement", self.say, methods=["POST"]),
            Route("/flags/{review}/appeal", self.say, methods=["POST"]),
        ]

    async def mine(self, request: Request) -> Response:
        """All reviews of one's own sessions."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._desk.asker(request)
        rows = await run_in_threadpool(self._rows, asker)
        return self._desk.page(request, "flags.html", person, {"rows": rows})

    async def flag(self, request: Request) -> Response:
        """One of them."""
        person = await self._desk.person(request)
        return to("/login") if person is None else await self._page(request, person)

    async def say(self, request: Request) -> Response:
        """Take a statement or an appeal; what stands against it is said on the page."""
        form = await self._desk.form(request, _FORM_MAX_BYTES)
        person, asker = await self._desk.required(request), await self._desk.asker(request)
        review, text = request.path_params["review"], one(form, "text")
        appeals = request.url.path.endswith("/appeal")
        taken = self._answering.appeal if appeals else self._answering.state
        try:
            await run_in_threadpool(taken, asker, review, text, now_us())
        except Refusal as error:
            if error.problem.status != 409:
                raise
            return await self._page(request, person, error.spoken, text)
        return to(f"/flags/{review}")

    async def _page(
        self, request: Request, person: Person, said: str = "", text: str = ""
    ) -> Response:
        asker, review = await self._desk.asker(request), request.path_params["review"]
        page = await run_in_threadpool(self._contents, asker, review, said, text)
        return self._desk.page(request, "flag.html", person, {"page": page}, 409 if said else 200)

    def _time(self, asker: Asker) -> OwnTime:
        return OwnTime(self._zones.now(asker), now_us())

    def _rows(self, asker: Asker) -> list[FlagRow]:
        time = self._time(asker)
        return [flag_row(review, time) for review in self._answering.mine(asker)]

    def _contents(self, asker: Asker, review: str, said: str, text: str) -> FlagPage:
        time = self._time(asker)
        own = self._answering.one(asker, review, time.now_us)
        session = own.review.session
        found = read_aloud(self._evidence.assessment(asker, session.hex())) if session else None
        return flag_page(own, found, time, said, text)
