"""`Idempotency-Key` on every POST of the platform's API; what it means is in `services.repeating`.

It wraps the routes from outside, so that no route has to know of it. It also holds the platform's
bodies to a size before a route reads them.
"""

import logging
import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.clock import now_us
from server.errors import Refusal, StorageAway, overloaded
from server.http.bodies import read_body
from server.http.request_log import route_of
from server.http.requests import refuse
from server.services.asking import Asker, platform_asking
from server.services.repeating import Answer, Given, Repeats, Ticket
from server.signin.tokens import Tokens
from wire.problems import ProblemCode

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY_PATTERN = r"^[!-~]{1,128}$"
BODY_MAX_BYTES = 4_000_000
"""Of any request of the platform's API: a submission's text of a million characters."""
_KEPT_FIELDS = frozenset((b"content-type", b"location", b"etag"))
_PLATFORM = "/v1/"
_WITH_BODY = frozenset(("POST", "PUT", "PATCH", "DELETE"))
_AWAY_S = 10
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Was:
    """Stands in the scope for the route that answered before, for the request log."""

    path: str


@dataclass(slots=True)
class _Held:
    """An answer that is kept back until it is noted."""

    status: int = 500
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    async def take(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.fields = message["status"], list(message.get("headers", ()))
        self.messages.append(message)

    @property
    def answer(self) -> Answer:
        body = b"".join(message.get("body", b"") for message in self.messages[1:])
        kept = tuple(each for each in self.fields if each[0].lower() in _KEPT_FIELDS)
        return Answer(self.status, kept, body)


class IdempotentPosts:
    """Wraps the platform's routes."""

    def __init__(self, app: ASGIApp, tokens: Tokens, repeats: Repeats) -> None:
        self._app = app
        self._tokens = tokens
        self._repeats = repeats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, once if it has a key."""
        platform = scope["type"] == "http" and scope["path"].startswith(_PLATFORM)
        if not platform or scope["method"] not in _WITH_BODY:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            body = await read_body(receive, headers.get("content-length"), BODY_MAX_BYTES)
            ticket = await self._begin(scope, headers, body)
        except Refusal as refusal:
            await refuse(refusal)(scope, receive, send)
            return
        except StorageAway as error:
            _log.error("the storage does not answer", exc_info=error)
            await refuse(overloaded(_AWAY_S))(scope, receive, send)
            return
        if isinstance(ticket, Given):
            await _give_again(ticket, scope, send)
        elif ticket is None:
            await self._app(scope, _again(body, receive), send)
        else:
            await self._do(ticket, scope, _again(body, receive), send)

    async def _begin(self, scope: Scope, headers: Headers, body: bytes) -> Ticket | Given | None:
        """None: it has no key, or one of another form, or comes from nobody: see the route."""
        key = headers.get(HEADER)
        if key is None or scope["method"] != "POST" or not _holds(key):
            return None
        asker = await run_in_threadpool(self._asker, headers.get("authorization", ""))
        if asker is None:
            return None
        asked = b"\n".join(
            (scope["method"].encode(), scope["path"].encode(), scope["query_string"], body)
        )
        return await run_in_threadpool(self._repeats.begin, asker, key, asked, now_us())

    def _asker(self, authorization: str) -> Asker | None:
        try:
            return platform_asking(self._tokens.platform(authorization))
        except Refusal:
            return None

    async def _do(self, ticket: Ticket, scope: Scope, receive: Receive, send: Send) -> None:
        """What raises, or answers 500, may be done or not: the key stays as it is."""
        held = _Held()
        await self._app(scope, receive, held.take)
        try:
            if 200 <= held.status < 300:
                route = route_of(scope)
                await run_in_threadpool(self._repeats.done, ticket, route, held.answer)
            elif held.status != 500:
                await run_in_threadpool(self._repeats.refused, ticket)
        except StorageAway as error:
            # It is done, or refused: that is still what whoever asked must hear.
            _log.error("an answer could not be noted", exc_info=error)
        for message in held.messages:
            await send(message)


def check_key(headers: Headers) -> None:
    """Refuse a key of another form: called once it is known that whoever asks may ask."""
    if not _holds(headers.get(HEADER, "none")):
        raise Refusal(
            ProblemCode.INVALID_REQUEST,
            400,
            "An Idempotency-Key has 1 to 128 printable characters of ASCII, and no spaces.",
        )


def _holds(key: str) -> bool:
    return re.match(KEY_PATTERN, key) is not None


def _again(body: bytes, receive: Receive) -> Receive:
    """The body that was read already, and then whatever else comes."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


async def _give_again(given: Given, scope: Scope, send: Send) -> None:
    scope["route"] = _Was(given.route)
    answer = given.answer
    fields = [*answer.fields, (REPLAYED.lower().encode(), b"true")]
    fields.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": fields})
    await send({"type": "http.response.body", "body": answer.body})
