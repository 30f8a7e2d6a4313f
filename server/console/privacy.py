"""What is held about somebody: who looked at it, and their copy."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import now_us
from server.console.desk import Desk, to
from server.console.wording import SOMEBODY_WHO_IS
from server.errors import not_found
from server.language import _, instant, moment, number
from server.privacy.asked_exports import DAYS, AskedExports, is_over
from server.privacy.holding import LegalHolds
from server.records import AuditLine, AuditSearch, Person
from server.storage.protocols import OrganisationStore, Store

_LINES = 200


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log, in words."""

    at: str
    who: str
    what: str
    subject: str
    lasted: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A person's own record."""

    rows: tuple[LogRow, ...]
    holds: tuple[str, ...]
    export: str
    """asked, ready, too-large, or nothing."""
    until: str
    days: int = DAYS


class PrivacyRoutes:
    """The record of oneself."""

    def __init__(self, desk: Desk, store: Store, exports: AskedExports) -> None:
        self._desk = desk
        self._store = store
        self._exports = exports

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/account/record", self.record, methods=["GET"]),
            Route("/account/export", self.ask, methods=["POST"]),
            Route("/account/export", self.download, methods=["GET"]),
        ]

    async def record(self, request: Request) -> Response:
        """Who did and saw what of somebody's own, and their copy of all of it."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        page = await run_in_threadpool(self._record, person)
        return self._desk.page(request, "record.html", person, {"page": page})

    async def ask(self, request: Request) -> Response:
        """Ask for a copy; one at a time."""
        person = await self._desk.required(request)
        await self._desk.form(request)
        await run_in_threadpool(self._ask, person)
        return to("/account/record")

    async def download(self, request: Request) -> Response:
        """The copy, for its person alone."""
        person = await self._desk.required(request)
        organisation = person.organisation
        data = await run_in_threadpool(self._exports.read, organisation, person.id, now_us())
        if data is None:
            raise not_found()
        fields = {
            "content-disposition": 'attachment; filename="veritype-about-me.zip"',
            "cache-control": "no-store",
        }
        return Response(data, headers=fields, media_type="application/zip")

    def _ask(self, person: Person) -> None:
        own = self._store.of(person.organisation)
        if own.ask_export(person.id, now_us()):
            own.audit(f"person:{person.id.hex()}", "export.asked", person.id.hex())

    def _record(self, person: Person) -> RecordPage:
        own, now = self._store.of(person.organisation), now_us()
        lines = own.audit_search(AuditSearch(about=person.id), None, _LINES)
        holds = LegalHolds(own, "").on(person.id, now)
        told = tuple(
            _("Since %(time)s: %(reason)s", time=moment(hold.placed_us), reason=hold.reason)
            for hold in holds
            if hold.not_told_because is None
        )
        made = own.export_of(person.id)
        state, until = "", ""
        if made is not None and not is_over(made, now):
            state = "asked" if made.made_us is None else "ready" if made.digest else "too-large"
            if made.made_us is not None:
                until = moment(made.made_us + DAYS * 86_400_000_000)
        return RecordPage(log_rows(own, lines, person), told, state, until)


def log_rows(
    own: OrganisationStore, lines: Sequence[AuditLine], reader: Person | None
) -> tuple[LogRow, ...]:
    """Lines in words; whoever reads their own is told roles, not names: reviews are blind."""
    people = {f"person:{person.id.hex()}": person for person in own.people(removed=True)}
    return tuple(
        LogRow(
            instant(line.at_us),
            _who(line.actor, people.get(line.actor), reader),
            line.action,
            line.subject,
            ""
            if line.lasted_ms is None
            else _("%(seconds)s s", seconds=number(line.lasted_ms / 1_000, 1)),
        )
        for line in lines
    )


def _lasted(lasted_ms: int) -> str:
    return _("%(seconds)s s", seconds=number(lasted_ms / 1_000, 1))


def _who(actor: str, person: Person | None, reader: Person | None) -> str:
    if person is None:
        return actor if reader is None else actor.split(":")[0]
    if reader is None:
        return person.name
    return _("you") if person.id == reader.id else _(SOMEBODY_WHO_IS[person.role])
