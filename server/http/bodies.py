"""Reading a request's body without taking more than is allowed."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from server.errors import Refusal
from server.language import N_
from wire.problems import ProblemCode

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def read_body(receive: Receive, declared: str | None, limit_bytes: int) -> bytes:
    """The whole body.

    Raises:
        Refusal: it is, or says it is, larger than the limit; or it ended early.
    """
    if declared is not None and (not declared.isdecimal() or int(declared[:20]) > limit_bytes):
        raise too_large()
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refusal(ProblemCode.MALFORMED, 400, N_("The request ended before its body did."))
        part = message.get("body", b"")
        size += len(part)
        if size > limit_bytes:
            raise too_large()
        parts.append(part)
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def check_kind(said: str, wanted: str) -> None:
    """Refuse a body that says it is something else; one that says nothing is taken for it."""
    kind = said.partition(";")[0].strip().lower()
    if kind and kind != wanted:
        raise Refusal(
            ProblemCode.UNSUPPORTED_MEDIA_TYPE, 415, f"Send this with 'Content-Type: {wanted}'."
        )


def too_large() -> Refusal:
    """For a body that is larger than its route takes."""
    return Refusal(ProblemCode.TOO_LARGE, 413, N_("The body is larger than the documented limit."))
