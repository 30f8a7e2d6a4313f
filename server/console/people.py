"""The people of the organisation: list, invite, change roles, remove."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, Form, one, to
from server.errors import ServerError, not_found
from server.language import _, moment
from server.records import Person, Role, Team
from server.services.asking import Asker
from server.services.invitations import INVITATION_DAYS, RESET_DAYS, Invitations
from server.services.people import Directory

_NUMBER_MAX_CHARS = 18


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in the list."""

    id: str
    name: str
    login: str
    role: str
    teams: str
    own: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that was not accepted yet."""

    row: int
    role: str
    teams: str
    email: str
    until: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """What an administrator, or a lead, sees of the people."""

    rows: tuple[PersonRow, ...]
    invitations: tuple[InvitationRow, ...]
    teams: tuple[Team, ...]
    roles: tuple[str, ...]
    invitable: tuple[str, ...]
    runs_organisation: bool


class PeopleRoutes:
    """For administrators, and in part for leads."""

    def __init__(
        self,
        desk: Desk,
        directory: Directory,
        invitations: Invitations,
    ) -> None:
        self._desk = desk
        self._directory = directory
        self._invitations = invitations

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/people", self.people, methods=["GET"]),
            Route("/people/invitations", self.invite, methods=["POST"]),
            Route("/people/invitations/{row}/withdraw", self.withdraw, methods=["POST"]),
            Route("/people/{person}/role", self.set_role, methods=["POST"]),
            Route("/people/{person}/remove", self.remove, methods=["POST"]),
            Route("/people/{person}/reset", self.reset, methods=["POST"]),
        ]

    async def people(self, request: Request) -> Response:
        """The list."""
        person = await self._desk.person(request)
        return to("/login") if person is None else await self._page(request, person)

    async def invite(self, request: Request) -> Response:
        """Make an invitation; its link is shown once."""
        person, asker, form = await self._asked(request)
        asker.need_people()
        role, teams = _role(one(form, "role")), _numbers(form.get("team", []))
        email = one(form, "email").strip() or None
        try:
            token = await run_in_threadpool(self._invitations.invite, asker, role, teams, email)
        except ServerError as error:
            return await self._page(request, person, error=said(error))
        return self._link_page(
            request, person, f"/invitation/{token}", "invitation", INVITATION_DAYS
        )

    async def withdraw(self, request: Request) -> Response:
        """Take an invitation back."""
        _, asker, _ = await self._asked(request)
        (row,) = _numbers([request.path_params["row"]])
        await run_in_threadpool(self._invitations.withdraw, asker, row)
        return to("/people")

    async def set_role(self, request: Request) -> Response:
        """Give somebody another role."""
        person, asker, form = await self._asked(request)
        about = await self._about(request, asker)
        try:
            await run_in_threadpool(
                self._directory.set_role, asker, about, _role(one(form, "role"))
            )
        except ServerError as error:
            return await self._page(request, person, error=said(error))
        return to("/people")

    async def remove(self, request: Request) -> Response:
        """Remove somebody."""
        person, asker, _ = await self._asked(request)
        about = await self._about(request, asker)
        try:
            await run_in_threadpool(self._directory.remove, asker, about)
        except ServerError as error:
            return await self._page(request, person, error=said(error))
        return to("/people")

    async def reset(self, request: Request) -> Response:
        """Make a link that sets a new password; a lost second factor can go with it."""
        person, asker, form = await self._asked(request)
        about = await self._about(request, asker)
        try:
            token = await run_in_threadpool(self._invitations.make_reset, asker, about)
        except ServerError as error:
            return await self._page(request, person, error=said(error))
        if one(form, "factor"):
            await run_in_threadpool(self._directory.remove_second_factor, asker, about)
        return self._link_page(request, person, f"/reset/{token}", "reset", RESET_DAYS)

    async def _asked(self, request: Request) -> tuple[Person, Asker, Form]:
        person = await self._desk.required(request)
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        return person, asker, await self._desk.form(request)

    async def _about(self, request: Request, asker: Asker) -> Person:
        named = request.path_params["person"]
        return await run_in_threadpool(self._directory.person, asker, named)

    async def _page(self, request: Request, person: Person, error: str = "") -> Response:
        page = await run_in_threadpool(self._contents, person)
        status = 400 if error else 200
        context: dict[str, object] = {"page": page, "error": error}
        return self._desk.page(request, "people.html", person, context, status)

    def _link_page(
        self, request: Request, person: Person, path: str, kind: str, days: int
    ) -> Response:
        address = self._desk.address_of(request, path)
        context: dict[str, object] = {"address": address, "kind": kind, "days": days}
        return self._desk.page(request, "link.html", person, context)

    def _contents(self, person: Person) -> PeoplePage:
        asker = self._desk.sign_ins.asker(person)
        visible = self._directory.visible(asker)
        memberships = self._directory.teams(asker)
        teams = {each.team.id: each.team for each in memberships}
        rows = []
        for each in visible:
            names = [
                _("%(team)s (leads)", team=m.team.name) if each in m.leads else m.team.name
                for m in memberships
                if each in m.leads or each in m.others
            ]
            rows.append(
                PersonRow(
                    each.id.hex(),
                    each.name,
                    each.login or "",
                    each.role.value,
                    ", ".join(names),
                    each.id == person.id,
                )
            )
        pending = tuple(
            InvitationRow(
                each.row,
                each.role.value,
                ", ".join(teams[team].name for team in sorted(each.teams) if team in teams),
                each.email or "",
                moment(each.expires_us),
            )
            for each in self._invitations.pending(asker)
        )
        return PeoplePage(
            rows=tuple(rows),
            invitations=pending,
            teams=tuple(teams.values()),
            roles=tuple(role.value for role in Role),
            invitable=tuple(role.value for role in asker.invitable_roles()),
            runs_organisation=asker.runs_organisation,
        )


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise not_found() from error


def _numbers(texts: list[str]) -> frozenset[int]:
    if any(not text.isascii() or not text.isdecimal() for text in texts):
        raise not_found()
    if any(len(text) > _NUMBER_MAX_CHARS for text in texts):
        raise not_found()
    return frozenset(int(text) for text in texts)


def said(error: ServerError) -> str:
    """The error as a sentence; refusals are answered elsewhere."""
    if hasattr(error, "problem"):
        raise error
    return error.sentence
