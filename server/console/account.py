"""A person's own account: password, second factor, sign-ins."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, one, to
from server.console.entrance import code_refused, enrolment, wait_text
from server.console.signin import remember
from server.errors import ServerError, not_found
from server.http.requests import client_of
from server.language import N_, _
from server.language.languages import LANGUAGES, own_names
from server.notices.addresses import MailAddresses
from server.records import Person
from server.services.people import Directory
from server.signin.gate import Gate
from server.signin.passwords import checked_password, hash_password
from server.signin.second_factor import SecondFactors

_WRONG = N_("The password is wrong.")
_HERE = "/account/second-factor"


class AccountRoutes:
    """What people may change of their own."""

    def __init__(
        self,
        desk: Desk,
        gate: Gate,
        factors: SecondFactors,
        directory: Directory,
        addresses: MailAddresses,
    ) -> None:
        self._desk = desk
        self._gate = gate
        self._factors = factors
        self._directory = directory
        self._addresses = addresses

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/account", self.account, methods=["GET"]),
            Route("/account/password", self.change_password, methods=["POST"]),
            Route("/account/language", self.set_language, methods=["POST"]),
            Route(_HERE, self.enrol_form, methods=["GET"]),
            Route(_HERE, self.enrol, methods=["POST"]),
            Route(f"{_HERE}/remove", self.remove_factor, methods=["POST"]),
            Route("/account/sign-out", self.sign_out, methods=["POST"]),
        ]

    async def account(self, request: Request) -> Response:
        """The page."""
        person = await self._desk.person(request)
        return to("/login") if person is None else await self._page(request, person)

    async def change_password(self, request: Request) -> Response:
        """Another password; every other sign-in ends."""
        person = await self._desk.required(request)
        form = await self._desk.form(request)
        said = await self._not_known(request, person, one(form, "password"))
        if said is not None:
            return await self._page(request, person, *said)
        try:
            new = checked_password(one(form, "new"))
        except ServerError as error:
            return await self._page(
                request, person, _("Not changed: %(why)s.", why=error.spoken), 400
            )
        person = await run_in_threadpool(self._set_password, person, new)
        remember(request, person)
        return await self._page(request, person, _("The password is changed."))

    async def set_language(self, request: Request) -> Response:
        """Speak another language from now on; the empty choice is the browser's."""
        person = await self._desk.required(request)
        chosen = one(await self._desk.form(request), "language")
        if chosen and chosen not in LANGUAGES:
            raise not_found()
        own = self._desk.sign_ins.store.of(person.organisation)
        await run_in_threadpool(own.set_language, person.id, chosen or None)
        return to("/account")

    async def enrol_form(self, request: Request) -> Response:
        """Show the secret of a second factor."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        offer = await run_in_threadpool(self._factors.offer, person)
        if offer is None:
            return to("/account")
        return self._desk.page(request, "enrol.html", person, enrolment(offer, _HERE))

    async def enrol(self, request: Request) -> Response:
        """Take the first code."""
        person = await self._desk.required(request)
        form = await self._desk.form(request)
        client = client_of(request)
        taken = await run_in_threadpool(self._factors.confirm, person, one(form, "code"), client)
        context: dict[str, object] = {"codes": taken.recovery_codes}
        if taken.holds:
            return self._desk.page(request, "codes.html", person, context)
        offer = await run_in_threadpool(self._factors.offer, person)
        if offer is None:
            return to("/account")
        said, status = code_refused(taken)
        context = enrolment(offer, _HERE) | {"said": said}
        return self._desk.page(request, "enrol.html", person, context, status, taken.wait_s)

    async def remove_factor(self, request: Request) -> Response:
        """Take the second factor away, with the password; every sign-in ends."""
        person = await self._desk.required(request)
        form = await self._desk.form(request)
        said = await self._not_known(request, person, one(form, "password"))
        if said is not None:
            return await self._page(request, person, *said)
        asker = await self._desk.asker(request)
        await run_in_threadpool(self._directory.remove_second_factor, asker, person)
        request.session.clear()
        return to("/login")

    async def sign_out(self, request: Request) -> Response:
        """End every sign-in, this one too."""
        person = await self._desk.required(request)
        await self._desk.form(request)
        asker = await self._desk.asker(request)
        await run_in_threadpool(self._directory.end_sign_ins, asker, person)
        request.session.clear()
        return to("/login")

    def _set_password(self, person: Person, password: str) -> Person:
        store = self._desk.sign_ins.store.of(person.organisation)
        store.set_password(person.id, hash_password(password))
        store.audit(f"person:{person.id.hex()}", "password.changed", person.id.hex())
        return store.person(person.id) or person

    async def _not_known(
        self, request: Request, person: Person, password: str
    ) -> tuple[str, int, int] | None:
        client = client_of(request)
        tried = await run_in_threadpool(self._gate.own_password, person, password, client)
        if tried.wait_s:
            return wait_text(tried.wait_s), 429, tried.wait_s
        return None if tried.person else (_(_WRONG), 403, 0)

    async def _page(
        self,
        request: Request,
        person: Person,
        said: str = "",
        status: int = 200,
        wait_s: int = 0,
    ) -> Response:
        enrolled = await run_in_threadpool(self._factors.enrolled, person)
        left = await run_in_threadpool(self._factors.codes_left, person) if enrolled else 0
        mail = await run_in_threadpool(self._addresses.told_at, person)
        context: dict[str, object] = {
            "said": said,
            "enrolled": enrolled,
            "codes_left": left,
            "mail": mail,
            "languages": own_names(),
        }
        return self._desk.page(request, "account.html", person, context, status, wait_s)
