"""Devices of the organisation's people, and the codes that pair another one."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, one, to
from server.errors import NotKnown, not_found
from server.language import moment
from server.records import DeviceLine, Person
from server.services.asking import Asker
from server.services.devices import DeviceRegister
from server.services.naming import named_id
from server.services.observing import observed_in_words
from server.services.people import Directory
from server.storage.protocols import OrganisationStore

_PAGE = 50
_PEOPLE_MAX = 100
"""A lead's people, of whom devices are listed without one being chosen."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device in the list."""

    id: str
    person: str
    platform: str
    agent: str
    enrolled: str
    seen: str
    revoked: str
    observes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DevicesPage:
    """The devices that somebody may see."""

    rows: tuple[DeviceRow, ...]
    people: tuple[tuple[str, str], ...]
    chosen: str
    next_href: str | None
    may_change: bool
    code: str
    """A pairing code that was just made."""
    minutes: int
    paired: str
    """Whose next device it pairs."""


class DeviceRoutes:
    """The list for leads and administrators; codes and revocation for administrators."""

    def __init__(self, desk: Desk, directory: Directory) -> None:
        self._desk = desk
        self._directory = directory

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/devices", self.devices, methods=["GET"]),
            Route("/devices/pairing", self.pair, methods=["POST"]),
            Route("/devices/{device}/revoke", self.revoke, methods=["POST"]),
        ]

    async def devices(self, request: Request) -> Response:
        """The list."""
        person = await self._desk.person(request)
        return to("/login") if person is None else await self._page(request, person)

    async def pair(self, request: Request) -> Response:
        """Make a code for somebody's next device; it is shown once, in this answer."""
        person, form = await self._desk.required(request), await self._desk.form(request)
        asker = await self._desk.asker(request)
        about = await run_in_threadpool(self._directory.person, asker, one(form, "person"))
        minutes = self._desk.sign_ins.settings.pairing_code_minutes
        code = await run_in_threadpool(self._register(asker).new_code, about, minutes)
        return await self._page(request, person, code, about.name)

    async def revoke(self, request: Request) -> Response:
        """Take nothing from a device any more."""
        await self._desk.form(request)
        asker = await self._desk.asker(request)
        asker.need_administrator()
        try:
            device = request.path_params["device"]
            await run_in_threadpool(self._register(asker).revoke, device)
        except NotKnown as error:
            raise not_found() from error
        return to("/devices")

    def _register(self, asker: Asker) -> DeviceRegister:
        return DeviceRegister(self._own(asker), asker.name)

    def _own(self, asker: Asker) -> OrganisationStore:
        return self._desk.sign_ins.store.of(asker.organisation)

    async def _page(
        self, request: Request, person: Person, code: str = "", paired: str = ""
    ) -> Response:
        asker = await self._desk.asker(request)
        asker.need_people()
        params = request.query_params
        chosen, after = params.get("person", ""), params.get("after", "")
        page = await run_in_threadpool(self._contents, asker, chosen, after, code, paired)
        return self._desk.page(request, "devices.html", person, {"page": page})

    def _contents(
        self, asker: Asker, chosen: str, after: str, code: str, paired: str
    ) -> DevicesPage:
        people = self._directory.visible(asker)
        whose = [each for each in people if each.id.hex() == chosen]
        if chosen and not whose:
            raise not_found()
        found = self._found(asker, whose or people, bool(whose), named_id(after) if after else None)
        query = f"person={chosen}&" if chosen else ""
        more = f"?{query}after={found[_PAGE - 1].id.hex()}" if len(found) > _PAGE else None
        return DevicesPage(
            rows=tuple(_row(line) for line in found[:_PAGE]),
            people=tuple((each.id.hex(), each.name) for each in people),
            chosen=chosen,
            next_href=more,
            may_change=asker.runs_organisation,
            code=code,
            minutes=self._desk.sign_ins.settings.pairing_code_minutes,
            paired=paired,
        )

    def _found(
        self, asker: Asker, people: Sequence[Person], one_alone: bool, after: bytes | None
    ) -> list[DeviceLine]:
        """The next ones by their ids, one more than a page has."""
        own = self._own(asker)
        if asker.runs_organisation and not one_alone:
            return list(own.devices_after(None, after, _PAGE + 1))
        lines = [
            line
            for each in people[:_PEOPLE_MAX]
            for line in own.devices_after(each.id, after, _PAGE + 1)
        ]
        return sorted(lines, key=lambda line: line.id)[: _PAGE + 1]


def _row(line: DeviceLine) -> DeviceRow:
    return DeviceRow(
        line.id.hex(),
        line.person_name,
        line.platform,
        line.agent_version,
        moment(line.enrolled_us),
        moment(line.seen_us) if line.seen_us else "",
        moment(line.revoked_us) if line.revoked_us else "",
        observed_in_words(line.observes),
    )
