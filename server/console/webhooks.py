"""Where the organisation is told what happens: addresses, secrets, tests, and what was sent."""

from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, Form, one, to
from server.console.webhook_contexts import list_page, webhook_page
from server.errors import Refusal, not_found
from server.language import _
from server.records import Happened, Person
from server.services.asking import Asker
from server.webhooks.endpoints import ENDPOINTS_MAX, TOLD, Webhooks
from server.webhooks.targets import TargetRefused
from wire.problems import ProblemCode

_PAGE = 50
_NUMBER_MAX_CHARS = 10
_MENDABLE = {ProblemCode.INVALID_REQUEST, ProblemCode.TARGET_REFUSED, ProblemCode.CONFLICT}
"""Refusals that are said beside what was typed."""
Made = TypeVar("Made")


class WebhookRoutes:
    """What administrators do with webhooks."""

    def __init__(self, desk: Desk, webhooks: Webhooks) -> None:
        self._desk = desk
        self._webhooks = webhooks

    def routes(self) -> list[Route]:
        """What to mount."""
        steps = {
            "change": self.change,
            "pause": self.pause,
            "resume": self.resume,
            "secret": self.secret,
            "test": self.test,
            "replay": self.replay,
            "remove": self.remove,
        }
        return [
            Route("/webhooks", self.listed, methods=["GET"]),
            Route("/webhooks", self.add, methods=["POST"]),
            Route("/webhooks/{webhook}", self.webhook, methods=["GET"]),
            *(
                Route(f"/webhooks/{{webhook}}/{name}", do, methods=["POST"])
                for name, do in steps.items()
            ),
        ]

    async def listed(self, request: Request) -> Response:
        """The list."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        return await self._list(request, person, await self._administrator(request), {})

    async def add(self, request: Request) -> Response:
        """Add an address; its secret is shown once, in this answer."""
        person, asker, form = await self._asked(request)
        try:
            made = await _away(
                lambda: self._webhooks.add(asker, one(form, "url").strip(), _kinds(form))
            )
        except Refusal as refusal:
            return await self._list(request, person, asker, form, _said(refusal))
        named = made.endpoint.id.hex()
        return await self._page(request, person, asker, named, secret=made.secret)

    async def webhook(self, request: Request) -> Response:
        """One address, and what was sent there."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._administrator(request)
        return await self._page(request, person, asker, request.path_params["webhook"])

    async def change(self, request: Request) -> Response:
        """Another address, or other kinds."""
        person, asker, form = await self._asked(request)
        named = request.path_params["webhook"]
        try:
            await _away(
                lambda: self._webhooks.change(
                    asker, named, one(form, "url").strip(), _kinds(form), None
                )
            )
        except Refusal as refusal:
            return await self._page(request, person, asker, named, form, said=_said(refusal))
        return to(f"/webhooks/{named}")

    async def pause(self, request: Request) -> Response:
        """Send nothing there any more."""
        return await self._set_paused(request, paused=True)

    async def resume(self, request: Request) -> Response:
        """Go on with what waits."""
        return await self._set_paused(request, paused=False)

    async def secret(self, request: Request) -> Response:
        """Another secret, shown once; for a day both sign."""
        person, asker, _form = await self._asked(request)
        named = request.path_params["webhook"]
        made = await _away(lambda: self._webhooks.new_secret(asker, named))
        return await self._page(request, person, asker, named, secret=made.secret)

    async def test(self, request: Request) -> Response:
        """Have a test sent there; the log says how it went."""
        _person, asker, _form = await self._asked(request)
        named = request.path_params["webhook"]
        number = await _away(lambda: self._webhooks.test(asker, named))
        return to(f"/webhooks/{named}?test={number}#log")

    async def replay(self, request: Request) -> Response:
        """Send a range of numbers again."""
        person, asker, form = await self._asked(request)
        named = request.path_params["webhook"]
        first, last = _number(one(form, "first")), _number(one(form, "last"))
        try:
            await _away(lambda: self._webhooks.replay(asker, named, first, last))
        except Refusal as refusal:
            return await self._page(request, person, asker, named, form, said=_said(refusal))
        return to(f"/webhooks/{named}#log")

    async def remove(self, request: Request) -> Response:
        """Remove it with its log."""
        _person, asker, _form = await self._asked(request)
        named = request.path_params["webhook"]
        await _away(lambda: self._webhooks.remove(asker, named))
        return to("/webhooks")

    async def _set_paused(self, request: Request, *, paused: bool) -> Response:
        _person, asker, _form = await self._asked(request)
        named = request.path_params["webhook"]
        await _away(lambda: self._webhooks.change(asker, named, None, None, paused))
        return to(f"/webhooks/{named}")

    async def _asked(self, request: Request) -> tuple[Person, Asker, Form]:
        person, form = await self._desk.required(request), await self._desk.form(request)
        return person, await self._administrator(request), form

    async def _administrator(self, request: Request) -> Asker:
        asker = await self._desk.asker(request)
        asker.need_administrator()
        return asker

    async def _list(
        self, request: Request, person: Person, asker: Asker, form: Form, said: str = ""
    ) -> Response:
        found = await _away(lambda: self._webhooks.listed(asker, 0, ENDPOINTS_MAX))
        context: dict[str, object] = {"page": list_page(found, form, said)}
        return self._desk.page(request, "webhooks.html", person, context, 400 if said else 200)

    async def _page(
        self,
        request: Request,
        person: Person,
        asker: Asker,
        named: str,
        form: Form | None = None,
        *,
        secret: str = "",
        said: str = "",
    ) -> Response:
        before = _number(request.query_params.get("before", "")) or None
        found = await _away(lambda: self._webhooks.endpoint(asker, named))
        lines = await _away(lambda: self._webhooks.deliveries(asker, named, before, _PAGE + 1))
        tested = _number(request.query_params.get("test", "")) if not said else 0
        page = webhook_page(found, lines[:_PAGE], form or {}, secret, said, tested)
        more = f"?before={lines[_PAGE - 1].row}#log" if len(lines) > _PAGE else None
        context: dict[str, object] = {"page": page, "next_href": more}
        return self._desk.page(request, "webhook.html", person, context, 400 if said else 200)


async def _away(do: Callable[[], Made]) -> Made:
    return await run_in_threadpool(do)


def _kinds(form: Form) -> frozenset[Happened]:
    chosen = frozenset(form.get("kind", []))
    if not chosen <= {kind.value for kind in TOLD}:
        raise not_found()
    return frozenset(Happened(text) for text in chosen)


def _number(text: str) -> int:
    """A number, or one that no announcement has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _NUMBER_MAX_CHARS else 0


def _said(refusal: Refusal) -> str:
    if refusal.problem.code not in _MENDABLE:
        raise refusal
    if isinstance(refusal.__cause__, TargetRefused):
        return _("Nothing is sent there: %(why)s.", why=refusal.__cause__.spoken)
    return refusal.spoken
