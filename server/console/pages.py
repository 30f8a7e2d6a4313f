"""The console's routes."""

from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from server.console.contexts import session_page, sessions_page
from server.console.rendering import STATIC, templates
from server.console.signin import SignIn, check_csrf, csrf_token, remember
from server.console.statics import CachedStatics
from server.console.timeline import timeline_of
from server.errors import not_found
from server.http.requests import body_of, client_of
from server.records import Person
from server.services.asking import Asker
from server.services.review import Review

_FORM_MAX_BYTES = 4_096
_NUMBER_MAX_CHARS = 18


class ConsoleRoutes:
    """Login, the list of sessions, a session, its timeline and its pictures."""

    def __init__(self, review: Review, sign_in: SignIn) -> None:
        self._review = review
        self._sign_in = sign_in

    def routes(self) -> list[Route | Mount]:
        """What to mount."""
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/login", self.login_form, methods=["GET"]),
            Route("/login", self.login, methods=["POST"]),
            Route("/logout", self.logout, methods=["POST"]),
            Route("/sessions", self.sessions, methods=["GET"]),
            Route("/sessions/{session}", self.session, methods=["GET"]),
            Route("/sessions/{session}/timeline.json", self.timeline, methods=["GET"]),
            Route("/sessions/{session}/objects/{digest}", self.picture, methods=["GET"]),
            Mount("/static", CachedStatics(directory=STATIC), name="static"),
        ]

    async def home(self, _request: Request) -> Response:
        """The list is the home page."""
        return RedirectResponse("/sessions", 303)

    async def login_form(self, request: Request) -> Response:
        """The form."""
        return _login_page(request)

    async def login(self, request: Request) -> Response:
        """Check a login and a password."""
        form = await _form(request)
        check_csrf(request, form.get("csrf"))
        login, password = form.get("login", ""), form.get("password", "")
        client = client_of(request)
        person = await run_in_threadpool(self._sign_in.check, login, password, client)
        if person is None:
            wait_s = self._sign_in.wait_s(login.strip(), client)
            return _login_page(request, failed=True, wait_s=wait_s)
        remember(request, person)
        return RedirectResponse("/sessions", 303)

    async def logout(self, request: Request) -> Response:
        """Forget who it was."""
        check_csrf(request, (await _form(request)).get("csrf"))
        request.session.clear()
        return RedirectResponse("/login", 303)

    async def sessions(self, request: Request) -> Response:
        """The list, newest first."""
        person = await self._person(request)
        if person is None:
            return RedirectResponse("/login", 303)
        before = _row(request.query_params.get("before"))
        asker = await run_in_threadpool(self._sign_in.asker, person)
        views, more = await run_in_threadpool(self._review.page, asker, before)
        context = sessions_page(views, f"?{urlencode({'before': more})}" if more else None)
        return _page(request, "sessions.html", person, {"page": context})

    async def session(self, request: Request) -> Response:
        """One session, the same page for trainer and auditor."""
        person = await self._person(request)
        if person is None:
            return RedirectResponse("/login", 303)
        asker = await run_in_threadpool(self._sign_in.asker, person)
        session = request.path_params["session"]
        context = await run_in_threadpool(session_page, self._review, asker, session)
        return _page(request, "session.html", person, {"page": context})

    async def timeline(self, request: Request) -> Response:
        """The timeline's data."""
        asker = await self._required(request)
        session = request.path_params["session"]
        data = await run_in_threadpool(timeline_of, self._review, asker, session)
        return JSONResponse(data)

    async def picture(self, request: Request) -> Response:
        """A screenshot; each view is in the audit log."""
        asker = await self._required(request)
        session, digest = request.path_params["session"], request.path_params["digest"]
        entry, data = await run_in_threadpool(self._review.picture, asker, session, digest)
        fields = {"content-security-policy": "default-src 'none'; sandbox"}
        return Response(data, headers=fields, media_type=entry.content_type)

    async def _person(self, request: Request) -> Person | None:
        return await run_in_threadpool(self._sign_in.person, request)

    async def _required(self, request: Request) -> Asker:
        person = await self._person(request)
        if person is None:
            raise not_found("Sign in first.")
        return await run_in_threadpool(self._sign_in.asker, person)


async def _form(request: Request) -> dict[str, str]:
    """A small form; the framework's own reader would take a body of any size."""
    body = await body_of(request, _FORM_MAX_BYTES)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _page(request: Request, name: str, person: Person, context: dict[str, object]) -> Response:
    shared = {"person": person, "csrf": csrf_token(request)}
    return templates.TemplateResponse(request, name, shared | context)


def _login_page(request: Request, *, failed: bool = False, wait_s: int = 0) -> Response:
    context = {"csrf": csrf_token(request), "failed": failed, "wait_s": wait_s, "person": None}
    status = 429 if wait_s else 403 if failed else 200
    return templates.TemplateResponse(request, "login.html", context, status_code=status)


def _row(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > _NUMBER_MAX_CHARS:
        raise not_found()
    return int(text)
