"""Keys by which platforms ask: made, shown once, revoked; for administrators."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, Form, one, to
from server.console.people import said
from server.errors import ServerError, not_found
from server.language import N_, _, moment
from server.records import Person, PlatformKey, Scope
from server.services.asking import Asker
from server.services.platform_keys import PlatformKeyRegister

_NUMBER_MAX_CHARS = 18
SCOPES = {
    Scope.SESSIONS_READ: N_("List sessions and read their hours and losses"),
    Scope.ASSESSMENTS_READ: N_("Read published assessments, and the bands and reasons of sessions"),
    Scope.PEOPLE_READ: N_("List the organisation's people and their roles"),
    Scope.PEOPLE_WRITE: N_("Invite people, and remove them"),
    Scope.PROJECTS_READ: N_("List projects, and read the policies that were in force"),
    Scope.DEVICES_READ: N_("List devices and what each can observe"),
    Scope.SUBMISSIONS_READ: N_("Read what was answered about submissions, and attestations"),
    Scope.SUBMISSIONS_WRITE: N_("Ask about submissions"),
    Scope.REVIEWS_READ: N_("Read how reviews stand and what was decided"),
    Scope.TIMESHEETS_READ: N_("Read hours and timesheets"),
    Scope.TIMESHEETS_WRITE: N_("Approve, dispute and lock timesheets"),
    Scope.EXPORTS_READ: N_("Export hours, and decisions of reviews"),
    Scope.WEBHOOKS_WRITE: N_("Set where it is told what happens, and read what was delivered"),
}


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in the list."""

    row: int
    name: str
    scopes: tuple[str, ...]
    made: str
    used: str
    revoked: str


@dataclass(frozen=True, slots=True)
class KeysPage:
    """The list, and the form for another."""

    rows: tuple[KeyRow, ...]
    scopes: tuple[tuple[str, str], ...]
    name: str
    """As it was filled in."""
    chosen: tuple[str, ...]
    said: str
    new: str
    """The key that was just made."""


class KeyRoutes:
    """What administrators do with keys."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/keys", self.keys, methods=["GET"]),
            Route("/keys", self.add, methods=["POST"]),
            Route("/keys/{row}/revoke", self.revoke, methods=["POST"]),
        ]

    async def keys(self, request: Request) -> Response:
        """The list."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._administrator(request)
        return await self._page(request, person, asker, {})

    async def add(self, request: Request) -> Response:
        """Make a key; it is shown once, in this answer."""
        person, form = await self._desk.required(request), await self._desk.form(request)
        asker = await self._administrator(request)
        scopes = frozenset(_scope(text) for text in form.get("scope", []))
        try:
            register = self._register(asker)
            key = await run_in_threadpool(register.add, one(form, "name"), scopes)
        except ServerError as error:
            return await self._page(request, person, asker, form, wrong=said(error))
        return await self._page(request, person, asker, {}, new=key)

    async def revoke(self, request: Request) -> Response:
        """Revoke a key."""
        person = await self._desk.required(request)
        await self._desk.form(request)
        asker = await self._administrator(request)
        register = self._register(asker)
        key = await run_in_threadpool(_named, register, request.path_params["row"])
        try:
            await run_in_threadpool(register.revoke, key)
        except ServerError as error:
            return await self._page(request, person, asker, {}, wrong=said(error))
        return to("/keys")

    async def _administrator(self, request: Request) -> Asker:
        asker = await self._desk.asker(request)
        asker.need_administrator()
        return asker

    def _register(self, asker: Asker) -> PlatformKeyRegister:
        return PlatformKeyRegister(self._desk.sign_ins.store.of(asker.organisation), asker.name)

    async def _page(
        self,
        request: Request,
        person: Person,
        asker: Asker,
        form: Form,
        wrong: str = "",
        new: str = "",
    ) -> Response:
        keys = await run_in_threadpool(self._register(asker).listed)
        page = KeysPage(
            rows=tuple(_row(key) for key in sorted(keys, key=lambda key: key.revoked_us or 0)),
            scopes=tuple((scope.value, _(title)) for scope, title in SCOPES.items()),
            name=one(form, "name"),
            chosen=tuple(form.get("scope", [])),
            said=wrong,
            new=new,
        )
        return self._desk.page(request, "keys.html", person, {"page": page}, 400 if wrong else 200)


def _named(register: PlatformKeyRegister, text: str) -> PlatformKey:
    row = int(text) if text.isdecimal() and len(text) < _NUMBER_MAX_CHARS else 0
    found = next((key for key in register.listed() if key.row == row), None)
    if found is None:
        raise not_found()
    return found


def _scope(text: str) -> Scope:
    try:
        return Scope(text)
    except ValueError as error:
        raise not_found() from error


def _row(key: PlatformKey) -> KeyRow:
    return KeyRow(
        key.row,
        key.name,
        tuple(sorted(key.scopes)),
        moment(key.created_us) if key.created_us else "",
        moment(key.used_us) if key.used_us else "",
        moment(key.revoked_us) if key.revoked_us else "",
    )
