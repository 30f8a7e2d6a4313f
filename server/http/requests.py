"""What routes share: bodies, tokens, and answers as JSON or as a problem."""

from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.errors import Refusal
from server.http.bodies import check_kind, read_body
from server.http.plain_text import unfit_place
from server.http.refusals import answer_of
from wire import limits
from wire.errors import MessageInvalid
from wire.messages import decode_message, encode_message

M = TypeVar("M", bound=msgspec.Struct)


async def body_of(request: Request, limit_bytes: int) -> bytes:
    """The request's body, within a limit."""
    return await read_body(request.receive, request.headers.get("content-length"), limit_bytes)


async def message_of(request: Request, kind: type[M]) -> M:
    """The JSON message in a request."""
    check_kind(request.headers.get("content-type", ""), "application/json")
    body = await body_of(request, limits.MESSAGE_MAX_BYTES)
    place = unfit_place(body)
    if place is not None:
        raise MessageInvalid(f"text that is not kept - at `{place}`")
    return decode_message(body, kind)


def authorization_of(request: Request) -> str:
    """The `Authorization` field, or nothing."""
    return request.headers.get("authorization", "")


def client_of(request: Request) -> str:
    """The address that attempts are counted by; kept in memory only."""
    return request.client.host if request.client else ""


def answer(message: msgspec.Struct, status: int = 200) -> Response:
    """A JSON answer that no cache keeps."""
    return Response(
        encode_message(message),
        status,
        {"cache-control": "no-store"},
        media_type="application/json",
    )


def refuse(refusal: Refusal) -> Response:
    """A refusal as a problem."""
    status, fields, body = answer_of(refusal)
    return Response(body, status, fields)
