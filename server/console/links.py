"""Pages behind links that work once: an invitation, a new password."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, one, to
from server.console.signin import remember
from server.errors import Refusal, ServerError, not_found
from server.http.requests import client_of
from server.language import _
from server.records import Invitation, Person
from server.services.invitations import NO_LINK, Invitations
from server.signin.gate import Gate
from server.signin.openid import OpenId
from server.signin.second_factor import Need, SecondFactors


class LinkRoutes:
    """For people who cannot sign in yet."""

    def __init__(
        self,
        desk: Desk,
        invitations: Invitations,
        factors: SecondFactors,
        gate: Gate,
        openid: OpenId,
    ) -> None:
        self._desk = desk
        self._invitations = invitations
        self._gate = gate
        self._factors = factors
        self._openid = openid

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/invitation/{token}", self.invitation, methods=["GET"]),
            Route("/invitation/{token}", self.accept, methods=["POST"]),
            Route("/reset/{token}", self.reset_form, methods=["GET"]),
            Route("/reset/{token}", self.reset, methods=["POST"]),
        ]

    async def invitation(self, request: Request) -> Response:
        """Ask for name and password, or go on at the organisation's own sign-in."""
        return await self._invitation_page(request, await self._invited(request))

    async def accept(self, request: Request) -> Response:
        """Add the person and sign them in."""
        form = await self._desk.form(request)
        invited = await self._invited(request)
        try:
            person = await run_in_threadpool(
                self._invitations.accept,
                invited,
                one(form, "name"),
                one(form, "login"),
                one(form, "password"),
            )
        except Refusal:
            raise
        except ServerError as error:
            return await self._invitation_page(
                request, invited, _("Not yet: %(why)s.", why=error.spoken), 400
            )
        need = await run_in_threadpool(self._factors.need, person)
        remember(request, person, half=need is not Need.NOTHING)
        return to("/login/enrol" if need is Need.ENROLMENT else "/")

    async def reset_form(self, request: Request) -> Response:
        """Ask for a new password."""
        await self._to_reset(request)
        return self._desk.page(request, "reset.html")

    async def reset(self, request: Request) -> Response:
        """Set the password; the sign-in comes after, with the second factor if there is one."""
        form = await self._desk.form(request)
        person = await self._to_reset(request)
        token, password = request.path_params["token"], one(form, "password")
        try:
            await run_in_threadpool(self._invitations.reset, token, person, password)
        except Refusal:
            raise
        except ServerError as error:
            context: dict[str, object] = {"said": _("Not changed: %(why)s.", why=error.spoken)}
            return self._desk.page(request, "reset.html", None, context, 400)
        request.session.clear()
        return to("/login")

    async def _invited(self, request: Request) -> Invitation:
        await self._pace(request)
        token = request.path_params["token"]
        found = await run_in_threadpool(self._invitations.invitation, token)
        if found is None:
            raise not_found(NO_LINK)
        await run_in_threadpool(self._gate.right_link, client_of(request))
        return found

    async def _to_reset(self, request: Request) -> Person:
        await self._pace(request)
        token = request.path_params["token"]
        person = await run_in_threadpool(self._invitations.person_to_reset, token)
        if person is None:
            raise not_found(NO_LINK)
        await run_in_threadpool(self._gate.right_link, client_of(request))
        return person

    async def _pace(self, request: Request) -> None:
        await run_in_threadpool(self._gate.try_link, client_of(request))

    async def _invitation_page(
        self, request: Request, invited: Invitation, said: str = "", status: int = 200
    ) -> Response:
        elsewhere = await run_in_threadpool(self._openid.has_provider, invited.organisation)
        context: dict[str, object] = {
            "said": said,
            "role": invited.role,
            "email": invited.email,
            "elsewhere": f"/login/openid?invitation={request.path_params['token']}"
            if elsewhere
            else "",
        }
        return self._desk.page(request, "invitation.html", None, context, status)
