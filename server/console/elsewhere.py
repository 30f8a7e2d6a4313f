"""Signing in at an organisation's own provider: there and back."""

import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.console.desk import Desk, to
from server.console.signin import remember
from server.errors import IdentityRefused, ProviderTrouble
from server.http.requests import client_of
from server.language import N_, _
from server.records import IdentityProvider, Person
from server.services.identities import person_of
from server.services.invitations import Invitations
from server.signin.gate import Gate
from server.signin.openid import Begun, OpenId

_BACK = "/login/openid/callback"
_KEPT = "openid"
_KEPT_S = 600
_UNKNOWN = N_("No sign-in of an organisation is known by that name.")
_LOST = N_("This sign-in was begun elsewhere, or too long ago; begin again.")


class ElsewhereRoutes:
    """There and back."""

    def __init__(self, desk: Desk, gate: Gate, openid: OpenId, invitations: Invitations) -> None:
        self._desk = desk
        self._gate = gate
        self._openid = openid
        self._invitations = invitations

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/login/organisation", self.organisation, methods=["GET"]),
            Route("/login/openid", self.begin, methods=["GET"]),
            Route(_BACK, self.finish, methods=["GET"]),
        ]

    async def organisation(self, request: Request) -> Response:
        """Ask for the organisation's name, then offer the way on.

        A link, since a form may lead to our own pages alone.
        """
        name = request.query_params.get("name", "").strip()[:120]
        if not name:
            return self._desk.page(request, "organisation.html")
        await run_in_threadpool(self._gate.try_link, client_of(request))
        found = await run_in_threadpool(self._openid.provider, name)
        if found is None:
            return self._desk.page(request, "organisation.html", None, {"said": _(_UNKNOWN)}, 404)
        await run_in_threadpool(self._gate.right_link, client_of(request))
        return self._desk.page(request, "organisation.html", None, {"name": name})

    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider."""
        await run_in_threadpool(self._gate.try_link, client_of(request))
        token = request.query_params.get("invitation", "")
        name = request.query_params.get("organisation")
        provider = await run_in_threadpool(self._provider, token, name)
        if provider is None:
            return self._refused(request, _(_UNKNOWN), 404)
        redirect = self._desk.address_of(request, _BACK)
        try:
            address, begun = await run_in_threadpool(self._openid.begin, provider, redirect)
        except ProviderTrouble as trouble:
            return self._refused(request, trouble.sentence, 503)
        request.session[_KEPT] = {
            "organisation": begun.organisation,
            "state": begun.state,
            "nonce": begun.nonce,
            "verifier": begun.verifier,
            "invitation": token,
            "since": int(time.time()),
        }
        return RedirectResponse(address, 303)

    async def finish(self, request: Request) -> Response:
        """Take what the browser brings back, once."""
        kept = request.session.pop(_KEPT, None)
        given = request.query_params
        if not _is_ours(kept, given.get("state")):
            return self._refused(request, _(_LOST), 403)
        begun = Begun(kept["organisation"], kept["state"], kept["nonce"], kept["verifier"])
        code = given.get("code", "")
        if not code:
            return self._refused(request, _("Your organisation's sign-in said no."), 403)
        redirect = self._desk.address_of(request, _BACK)
        try:
            person = await run_in_threadpool(
                self._person, begun, code, redirect, kept["invitation"], given.get("iss")
            )
        except ProviderTrouble as trouble:
            return self._refused(request, trouble.sentence, 503)
        except IdentityRefused as refused:
            return self._refused(request, refused.sentence, 403)
        await run_in_threadpool(self._gate.right_link, client_of(request))
        remember(request, person)
        return to("/")

    def _provider(self, token: str, name: str | None) -> IdentityProvider | None:
        if not token:
            return self._openid.provider(name)
        invited = self._invitations.invitation(token)
        if invited is None:
            return None
        return self._desk.sign_ins.store.of(invited.organisation).identity_provider()

    def _person(
        self, begun: Begun, code: str, redirect: str, token: str, issuer: str | None
    ) -> Person:
        store = self._desk.sign_ins.store
        provider = store.of(begun.organisation).identity_provider()
        if provider is None or issuer not in (None, provider.issuer):
            raise IdentityRefused(N_("another provider answered than was asked"))
        identity = self._openid.finish(provider, begun, code, redirect)
        invited = self._invitations.invitation(token) if token else None
        return person_of(store, self._invitations, identity, invited)

    def _refused(self, request: Request, said: str, status: int) -> Response:
        return self._desk.page(request, "refused.html", None, {"said": said}, status)


def _is_ours(kept: object, state: str | None) -> bool:
    if not isinstance(kept, dict) or state is None or kept.get("state") != state:
        return False
    return int(time.time()) - int(kept.get("since", 0)) <= _KEPT_S
