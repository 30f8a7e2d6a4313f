"""Signing in and out: password, then the second factor where there is one."""

import segno
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, one, to
from server.console.signin import remember
from server.http.requests import client_of
from server.language import N_, _
from server.language.voice import speak_to
from server.records import Person
from server.signin.gate import Gate
from server.signin.openid import OpenId
from server.signin.second_factor import Code, Need, Offer, SecondFactors

_WRONG = N_("Login or password is wrong.")
_WRONG_CODE = N_("The code is wrong, used or too old.")
_AS = {Need.CODE: "/login/second", Need.ENROLMENT: "/login/enrol", Need.NOTHING: "/"}


class EntranceRoutes:
    """The way in and out."""

    def __init__(self, desk: Desk, gate: Gate, factors: SecondFactors, openid: OpenId) -> None:
        self._desk = desk
        self._gate = gate
        self._factors = factors
        self._openid = openid

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/login", self.login_form, methods=["GET"]),
            Route("/login", self.login, methods=["POST"]),
            Route("/login/second", self.code_form, methods=["GET"]),
            Route("/login/second", self.code, methods=["POST"]),
            Route("/login/enrol", self.enrol_form, methods=["GET"]),
            Route("/login/enrol", self.enrol, methods=["POST"]),
            Route("/logout", self.logout, methods=["POST"]),
        ]

    async def login_form(self, request: Request) -> Response:
        """The form."""
        return await self._login_page(request)

    async def login(self, request: Request) -> Response:
        """Check a login and a password."""
        form = await self._desk.form(request)
        login, password = one(form, "login"), one(form, "password")
        tried = await run_in_threadpool(self._gate.password, login, password, client_of(request))
        if tried.wait_s:
            wait_s = tried.wait_s
            return await self._login_page(request, wait_text(wait_s), 429, wait_s)
        if tried.person is None:
            return await self._login_page(request, _(_WRONG), 403)
        need = await run_in_threadpool(self._factors.need, tried.person)
        remember(request, tried.person, half=need is not Need.NOTHING)
        return to(_AS[need])

    async def code_form(self, request: Request) -> Response:
        """Ask for the second factor."""
        if await self._half(request, Need.CODE) is None:
            return to("/login")
        return self._desk.page(request, "second.html")

    async def code(self, request: Request) -> Response:
        """Check the second factor."""
        form = await self._desk.form(request)
        person = await self._half(request, Need.CODE)
        if person is None:
            return to("/login")
        client = client_of(request)
        taken = await run_in_threadpool(self._factors.check, person, one(form, "code"), client)
        if not taken.holds:
            said, status = code_refused(taken)
            context: dict[str, object] = {"said": said}
            return self._desk.page(request, "second.html", None, context, status, taken.wait_s)
        remember(request, person)
        return to("/")

    async def enrol_form(self, request: Request) -> Response:
        """Show the secret to somebody whose organisation asks for a second factor."""
        person = await self._half(request, Need.ENROLMENT)
        offer = await run_in_threadpool(self._factors.offer, person) if person else None
        if offer is None:
            return to("/login")
        return self._desk.page(request, "enrol.html", None, enrolment(offer, "/login/enrol"))

    async def enrol(self, request: Request) -> Response:
        """Take the first code."""
        form = await self._desk.form(request)
        person = await self._half(request, Need.ENROLMENT)
        if person is None:
            return to("/login")
        client = client_of(request)
        taken = await run_in_threadpool(self._factors.confirm, person, one(form, "code"), client)
        if taken.holds:
            remember(request, person)
            context: dict[str, object] = {"codes": taken.recovery_codes}
            return self._desk.page(request, "codes.html", person, context)
        offer = await run_in_threadpool(self._factors.offer, person)
        if offer is None:
            return to("/login")
        said, status = code_refused(taken)
        context = enrolment(offer, "/login/enrol") | {"said": said}
        return self._desk.page(request, "enrol.html", None, context, status, taken.wait_s)

    async def logout(self, request: Request) -> Response:
        """Forget who it was."""
        await self._desk.form(request)
        request.session.clear()
        return to("/login")

    async def _half(self, request: Request, need: Need) -> Person | None:
        """Who still owes exactly this."""
        person = await run_in_threadpool(self._desk.sign_ins.half_signed_in, request)
        if person is not None:
            speak_to(person.language)
        if person is None or await run_in_threadpool(self._factors.need, person) is not need:
            return None
        return person

    async def _login_page(
        self, request: Request, said: str = "", status: int = 200, wait_s: int = 0
    ) -> Response:
        elsewhere = await run_in_threadpool(self._openid.ways)
        context: dict[str, object] = {"said": said, "elsewhere": elsewhere}
        return self._desk.page(request, "login.html", None, context, status, wait_s)


def enrolment(offer: Offer, action: str) -> dict[str, object]:
    """What the page with the QR code shows."""
    picture = segno.make(offer.address, micro=False).svg_data_uri(scale=5, light="white")
    secret = " ".join(offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4))
    return {"picture": picture, "secret": secret, "action": action}


def code_refused(taken: Code) -> tuple[str, int]:
    """What to say about a code that was not taken, and the status."""
    return (wait_text(taken.wait_s), 429) if taken.wait_s else (_(_WRONG_CODE), 403)


def wait_text(wait_s: int) -> str:
    """When to try again."""
    return _("Too many attempts. Try again in %(minutes)s min.", minutes=(wait_s + 59) // 60)
