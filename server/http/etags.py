"""Entity tags of the platform's API: a tag stands for what a resource says, not for its bytes.

Every GET of JSON has one without its route's doing, and `If-None-Match` is answered 304. A route
that changes something takes `If-Match` as `Annotated[IfMatch, Depends(if_match)]` and calls its
`check` with what the GET of the resource would answer now.
"""

import base64
from collections.abc import MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from fastapi import Header
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import Refusal
from wire.problems import ProblemCode

_PLATFORM = "/v1/"
_TAG_BYTES = 18
_FIELD_MAX_CHARS = 1_000


def etag_of(representation: object) -> str:
    """The tag of what a route answers: a frozen dataclass, or anything that msgspec encodes."""
    return _tag(msgspec.json.encode(representation))


def _tag(document: bytes) -> str:
    # Decoded and encoded again: how numbers and keys are written makes no difference.
    plain = msgspec.json.encode(msgspec.json.decode(document), order="sorted")
    digest = sha256(plain).digest()[:_TAG_BYTES]
    return f'"{base64.urlsafe_b64encode(digest).decode()}"'


def names(field: str, etag: str) -> bool:
    """Whether `If-Match` or `If-None-Match` names a tag; proxies that compress make tags weak."""
    given = {each.strip().removeprefix("W/") for each in field.split(",")}
    return "*" in given or etag in given


@dataclass(frozen=True, slots=True)
class IfMatch:
    """What somebody saw before they decided to change it."""

    field: str | None

    def check(self, representation: object) -> None:
        """Refuse (412) if what is there now is not what they saw; without the field nothing."""
        if self.field is not None and not names(self.field, etag_of(representation)):
            raise Refusal(
                ProblemCode.PRECONDITION_FAILED,
                412,
                "This changed since you fetched it; fetch it again and decide anew.",
            )


def if_match(
    field: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=_FIELD_MAX_CHARS,
            description="The `ETag` of what you saw: if it changed since, nothing is done (412).",
        ),
    ] = None,
) -> IfMatch:
    """A dependency of routes that change something."""
    return IfMatch(field)


class ETags:
    """Wraps the platform's routes: tags what they say, and does not say again what is known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and tag its answer."""
        platform = scope["type"] == "http" and scope["path"].startswith(_PLATFORM)
        if not platform or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        start: MutableMapping[str, Any] | None = None

        async def tag(message: MutableMapping[str, Any]) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_json(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            head, start = start, None
            body = message.get("body", b"")
            if message.get("more_body") or not body:
                await send(head)
                await send(message)
                return
            etag = _tag(body)
            fields = MutableHeaders(scope=head)
            fields["etag"] = etag
            if known and names(known, etag):
                del fields["content-length"], fields["content-type"]
                head["status"], body = 304, b""
            await send(head)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, tag)


def _is_json(start: MutableMapping[str, Any]) -> bool:
    kind = Headers(raw=list(start.get("headers", ()))).get("content-type", "")
    return start["status"] == 200 and kind.split(";")[0] == "application/json"
