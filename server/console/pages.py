"""The console's routes for sessions: the list, one of them, its timeline and its pictures."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from server.console.contexts import session_page, sessions_page
from server.console.desk import Desk, to
from server.console.looked import looked_pairs
from server.console.rendering import STATIC
from server.console.replay import replay_of
from server.console.report_contexts import report_page
from server.console.statics import CachedStatics
from server.console.stretch import asked_stretch, stretch_page
from server.console.timeline import timeline_of
from server.errors import not_found
from server.records.audit import KEYS_VIEWED
from server.services.review import Review

_NUMBER_MAX_CHARS = 18


class ConsoleRoutes:
    """The list of sessions, a session, its timeline and its pictures."""

    def __init__(self, review: Review, desk: Desk) -> None:
        self._review = review
        self._desk = desk

    def routes(self) -> list[Route | Mount]:
        """What to mount."""
        return [
            Route("/sessions", self.sessions, methods=["GET"]),
            Route("/sessions/{session}", self.session, methods=["GET"]),
            Route("/sessions/{session}/report", self.report, methods=["GET"]),
            Route("/sessions/{session}/timeline.json", self.timeline, methods=["GET"]),
            Route("/sessions/{session}/stretch", self.stretch, methods=["GET"]),
            Route("/sessions/{session}/replay.bin", self.replay, methods=["GET"]),
            Route("/sessions/{session}/objects/{digest}", self.picture, methods=["GET"]),
            Route("/sessions/{session}/looked", self.looked, methods=["POST"]),
            Mount("/static", CachedStatics(directory=STATIC), name="static"),
        ]

    async def sessions(self, request: Request) -> Response:
        """The list, newest first."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        before = _row(request.query_params.get("before"))
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        views, more = await run_in_threadpool(self._review.page, asker, before)
        context = sessions_page(views, f"?{urlencode({'before': more})}" if more else None)
        return self._desk.page(request, "sessions.html", person, {"page": context})

    async def session(self, request: Request) -> Response:
        """One session, the same page for trainer and auditor."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        session = request.path_params["session"]
        context = await run_in_threadpool(session_page, self._review, asker, session)
        return self._desk.page(request, "session.html", person, {"page": context})

    async def report(self, request: Request) -> Response:
        """The session's page for paper: the same facts, without scripts."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        session, server = request.path_params["session"], self._desk.address_of(request, "")
        context = await run_in_threadpool(report_page, self._review, asker, session, server)
        return self._desk.page(request, "report.html", person, {"page": context})

    async def timeline(self, request: Request) -> Response:
        """The timeline's data."""
        asker = await self._desk.asker(request)
        session = request.path_params["session"]
        data = await run_in_threadpool(timeline_of, self._review, asker, session)
        return JSONResponse(data)

    async def stretch(self, request: Request) -> Response:
        """What was observed from one moment to another, as a part of the page."""
        asker, session = await self._desk.asker(request), request.path_params["session"]
        start_ms, end_ms = asked_stretch(request.query_params)

        def read() -> object:
            assessed = self._review.assessment(asker, session)
            policy = self._review.policy(asker, self._review.session(asker, session).line)
            opened = self._review.opened(asker, session)
            return stretch_page(opened, policy, start_ms, end_ms, assessed)

        return self._desk.part(request, "stretch.html", await run_in_threadpool(read))

    async def replay(self, request: Request) -> Response:
        """What each key did to the text; who asked for it is in the audit log."""
        asker, session = await self._desk.asker(request), request.path_params["session"]

        def read() -> bytes:
            return replay_of(self._review.opened(asker, session, KEYS_VIEWED))

        return Response(await run_in_threadpool(read), media_type="application/octet-stream")

    async def picture(self, request: Request) -> Response:
        """A screenshot; each view is in the audit log."""
        asker = await self._desk.asker(request)
        session, digest = request.path_params["session"], request.path_params["digest"]
        entry, data = await run_in_threadpool(self._review.picture, asker, session, digest)
        fields = {"content-security-policy": "default-src 'none'; sandbox"}
        return Response(data, headers=fields, media_type=entry.content_type)

    async def looked(self, request: Request) -> Response:
        """The page tells for how long pictures were in view: `looked` is `DIGEST:MILLISECONDS`."""
        asker = await self._desk.asker(request)
        form = await self._desk.form(request)
        session = request.path_params["session"]
        for digest, looked_ms in looked_pairs(form):
            await run_in_threadpool(self._review.closed, asker, session, digest, looked_ms)
        return Response(status_code=204)


def _row(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > _NUMBER_MAX_CHARS:
        raise not_found()
    return int(text)
