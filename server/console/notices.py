"""What a person is told, in the console; and where their mail goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import now_us
from server.console.desk import Desk, one, to
from server.errors import ServerError, not_found
from server.language import _, moment
from server.notices.addresses import MailAddresses
from server.notices.mailing import CONFIRM
from server.notices.whom import TELLINGS
from server.records.notices import Mailing, Notice
from server.storage.protocols import Store

_PAGE = 50
_NUMBER_MAX_CHARS = 18


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as the page shows it."""

    title: str
    text: str
    path: str
    at: str
    unread: bool
    mail_given_up: bool


class NoticeRoutes:
    """The list of notices, and the mail address."""

    def __init__(self, desk: Desk, store: Store, addresses: MailAddresses) -> None:
        self._desk = desk
        self._store = store
        self._addresses = addresses

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/notices", self.notices, methods=["GET"]),
            Route("/notices/read", self.read, methods=["POST"]),
            Route("/account/mail", self.ask, methods=["POST"]),
            Route("/account/mail/remove", self.forget, methods=["POST"]),
            Route(CONFIRM + "{token}", self.confirm_form, methods=["GET"]),
            Route(CONFIRM + "{token}", self.confirm, methods=["POST"]),
        ]

    async def notices(self, request: Request) -> Response:
        """The list, newest first."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        own, before = self._store.of(person.organisation), request.query_params.get("before")
        found = await run_in_threadpool(own.notices, person.id, _row(before), _PAGE + 1)
        shown = found[:_PAGE]
        context: dict[str, object] = {
            "rows": _rows(shown),
            "newest": shown[0].row if shown and before is None else None,
            "older": shown[-1].row if len(found) > _PAGE else None,
        }
        return self._desk.page(request, "notices.html", person, context)

    async def read(self, request: Request) -> Response:
        """The person saw them, up to the newest that the page showed."""
        person = await self._desk.required(request)
        form = await self._desk.form(request)
        up_to = _row(one(form, "up_to") or None)
        if up_to is not None:
            own = self._store.of(person.organisation)
            await run_in_threadpool(own.note_read, person.id, up_to, now_us())
        return to("/notices")

    async def ask(self, request: Request) -> Response:
        """Have a link sent to an address."""
        person = await self._desk.required(request)
        form = await self._desk.form(request)
        try:
            await run_in_threadpool(self._addresses.ask, person, one(form, "address"), now_us())
        except ServerError as error:
            context: dict[str, object] = {"said": _("Not yet: %(why)s.", why=error.spoken)}
            return self._desk.page(request, "mail.html", person, context, 400)
        return to("/account")

    async def forget(self, request: Request) -> Response:
        """Forget the address."""
        person = await self._desk.required(request)
        await self._desk.form(request)
        await run_in_threadpool(self._addresses.forget, person)
        return to("/account")

    async def confirm_form(self, request: Request) -> Response:
        """Ask once more: whatever looks into mail opens links too."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        context: dict[str, object] = {"action": request.url.path}
        return self._desk.page(request, "mail.html", person, context)

    async def confirm(self, request: Request) -> Response:
        """The address counts from now on."""
        person = await self._desk.required(request)
        await self._desk.form(request)
        token = request.path_params["token"]
        await run_in_threadpool(self._addresses.confirm, person, token, now_us())
        return to("/account")


def _rows(found: Sequence[Notice]) -> list[NoticeRow]:
    return [
        NoticeRow(
            _(TELLINGS[each.kind].subject),
            _(TELLINGS[each.kind].text),
            each.path,
            moment(each.created_us),
            each.read_us is None,
            each.mail is Mailing.GIVEN_UP,
        )
        for each in found
        if each.kind in TELLINGS
    ]


def _row(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > _NUMBER_MAX_CHARS:
        raise not_found()
    return int(text)
