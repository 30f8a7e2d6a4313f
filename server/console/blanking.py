"""Pictures that were sent and should be shown to nobody: trainers ask, administrators decide."""

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import now_us
from server.console.contexts import clock
from server.console.desk import Desk, one, to
from server.console.hours_disputing import number_in
from server.console.own_time import OwnTime
from server.console.timeline import evidence_of
from server.errors import Refusal, not_found
from server.hours.zones import Zones
from server.language import N_, _
from server.records import Person, Role
from server.records.blankings import REASON_MAX_CHARS, BlankingRequest
from server.services.asking import Asker
from server.services.blanking_requests import AskedBlankings
from server.services.review import Review
from server.storage.protocols import Store

_DIGEST_HEX = 64
_FORM_MAX_BYTES = 8_192
_STANDS = {
    None: N_("Waits for your organisation."),
    True: N_("Granted: it is shown to nobody any more."),
    False: N_("Declined."),
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request."""

    row: int
    session: str
    session_when: str
    person: str
    picture: str
    """Where it is shown; nothing if it is not."""
    asked: str
    reason: str
    stands: str
    answer: str


@dataclass(frozen=True, slots=True)
class PictureRow:
    """One picture of a session."""

    digest: str
    at: str
    url: str
    stands: str
    """Of a request about it; nothing: there is none."""


@dataclass(frozen=True, slots=True)
class PicturesPage:
    """The pictures of one session that are shown."""

    session: str
    session_when: str
    project: str
    rows: tuple[PictureRow, ...]
    said: str
    reason: str
    asked_for: str
    """The picture whose form was wrong."""
    most_chars: int = REASON_MAX_CHARS


class BlankingRoutes:
    """Asking, and deciding."""

    def __init__(self, desk: Desk, store: Store, review: Review) -> None:
        self._desk = desk
        self._review = review
        self._asked = AskedBlankings(store)
        self._zones = Zones(store)

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/me/pictures", self.mine, methods=["GET"]),
            Route("/me/pictures/{session}", self.pictures, methods=["GET"]),
            Route("/me/pictures/{session}", self.ask, methods=["POST"]),
            Route("/pictures", self.waiting, methods=["GET"]),
            Route("/pictures/{request}/grant", self.grant, methods=["POST"]),
            Route("/pictures/{request}/decline", self.decline, methods=["POST"]),
        ]

    async def mine(self, request: Request) -> Response:
        """What somebody asked for, and their sessions to ask about."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._desk.asker(request)
        context = await run_in_threadpool(self._mine, asker)
        return self._desk.page(request, "my_pictures.html", person, context)

    async def pictures(self, request: Request) -> Response:
        """The pictures of one session."""
        person = await self._desk.person(request)
        return to("/login") if person is None else await self._page(request, person)

    async def ask(self, request: Request) -> Response:
        """Ask for one to be blanked."""
        form = await self._desk.form(request, _FORM_MAX_BYTES)
        person, asker = await self._desk.required(request), await self._desk.asker(request)
        session, digest = request.path_params["session"], _digest_in(one(form, "picture"))
        try:
            await run_in_threadpool(self._asked.ask, asker, session, digest, one(form, "reason"))
        except Refusal as error:
            if error.problem.status not in (400, 409):
                raise
            said = (_(str(error)), one(form, "reason"), digest.hex())
            return await self._page(request, person, *said, status=error.problem.status)
        return to("/me/pictures")

    async def waiting(self, request: Request) -> Response:
        """All requests that wait."""
        person = await self._desk.person(request)
        return to("/login") if person is None else await self._waiting(request, person)

    async def grant(self, request: Request) -> Response:
        """The picture is shown to nobody any more."""
        return await self._decide(request, granted=True)

    async def decline(self, request: Request) -> Response:
        """It stays, and why."""
        return await self._decide(request, granted=False)

    async def _decide(self, request: Request, *, granted: bool) -> Response:
        form = await self._desk.form(request, _FORM_MAX_BYTES)
        person, asker = await self._desk.required(request), await self._desk.asker(request)
        row = number_in(request.path_params["request"])

        def decide() -> None:
            self._asked.decide(asker, row, one(form, "answer"), granted=granted)

        try:
            await run_in_threadpool(decide)
        except Refusal as error:
            if error.problem.status not in (400, 409):
                raise
            return await self._waiting(request, person, _(str(error)), error.problem.status)
        return to("/pictures")

    async def _waiting(
        self, request: Request, person: Person, said: str = "", status: int = 200
    ) -> Response:
        asker = await self._desk.asker(request)
        found = await run_in_threadpool(self._asked.waiting, asker)
        time = await run_in_threadpool(self._time, asker)
        rows = [_request_row(each, time) for each in found]
        context = {"rows": rows, "said": said, "most_chars": REASON_MAX_CHARS}
        return self._desk.page(request, "picture_requests.html", person, context, status)

    async def _page(
        self,
        request: Request,
        person: Person,
        said: str = "",
        reason: str = "",
        asked_for: str = "",
        status: int = 200,
    ) -> Response:
        asker, session = await self._desk.asker(request), request.path_params["session"]
        page = await run_in_threadpool(self._pictures, asker, session)
        page = replace(page, said=said, reason=reason, asked_for=asked_for)
        return self._desk.page(request, "session_pictures.html", person, {"page": page}, status)

    def _time(self, asker: Asker) -> OwnTime:
        return OwnTime(self._zones.now(asker), now_us())

    def _mine(self, asker: Asker) -> dict[str, object]:
        time = self._time(asker)
        views, _more = self._review.page(_own(asker))
        sessions = [
            (view.line.id.hex(), time.when(view.line.opened_us), view.line.project_name)
            for view in views
            if view.facts is not None
        ]
        return {
            "rows": [_request_row(each, time) for each in self._asked.mine(asker)],
            "sessions": sessions,
        }

    def _pictures(self, asker: Asker, session: str) -> PicturesPage:
        mine, time = _own(asker), self._time(asker)
        line = self._review.session(mine, session).line
        at = f"/sessions/{session}/objects"
        shown = evidence_of(self._review, mine, session, at)["screenshots"]
        asked = {each.digest.hex(): each for each in self._asked.mine(asker)}
        rows = []
        for picture in shown:
            if picture["url"]:
                digest = PurePosixPath(picture["url"]).name
                stands = _(_STANDS[asked[digest].granted]) if digest in asked else ""
                rows.append(PictureRow(digest, clock(picture["t_ms"]), picture["url"], stands))
        when = time.when(line.opened_us)
        return PicturesPage(session, when, line.project_name, tuple(rows), "", "", "")


def _own(asker: Asker) -> Asker:
    """Whoever asks, seeing their own sessions alone."""
    return replace(asker, role=Role.TRAINER)


def _request_row(asked: BlankingRequest, time: OwnTime) -> RequestRow:
    session = asked.session.hex()
    picture = "" if asked.granted else f"/sessions/{session}/objects/{asked.digest.hex()}"
    return RequestRow(
        asked.row,
        session,
        time.when(asked.opened_us),
        asked.person_name,
        picture,
        time.when(asked.asked_us),
        asked.reason,
        _(_STANDS[asked.granted]),
        asked.answer or "",
    )


def _digest_in(text: str) -> bytes:
    try:
        found = bytes.fromhex(text) if len(text) == _DIGEST_HEX else b""
    except ValueError:
        found = b""
    if not found:
        raise not_found()
    return found
