"""Text that no storage keeps is refused where it comes in: NUL, and halves of surrogate pairs.

PostgreSQL keeps neither, SQLite both: what is a mistake must not depend on where it would be kept.
Paths and queries of all routes are looked at here, forms by the console's desk, and JSON where
bodies are read.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import Refusal
from server.language import N_
from wire.problems import ProblemCode

NUL = "\0"
_NAME = re.compile(r"[A-Za-z0-9_]{1,40}")


def unfit_place(body: bytes) -> str | None:
    """Where JSON holds such text, like `$.reason`; None: nowhere, or it is no JSON at all."""
    if body.isascii() and b"\\u" not in body and b"\0" not in body:
        return None
    try:
        # Unlike the standard library's, this reader takes UTF-8 alone, and no half of a pair.
        waiting = [("$", msgspec.json.decode(body))]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "$"
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str) and NUL in value:
            return place
        if isinstance(value, list):
            waiting += [(f"{place}[{number}]", each) for number, each in enumerate(value)]
        if isinstance(value, dict):
            if any(NUL in name for name in value):
                return place
            waiting += [(_within(place, name), each) for name, each in value.items()]
    return None


def _within(place: str, name: str) -> str:
    """Names come from outside: only one that could be a field's is said again."""
    return f"{place}.{name}" if _NAME.fullmatch(name) else place


def unfit_text() -> Refusal:
    """For a form, a path or a query."""
    detail = N_("Text with a NUL character is not kept; send it without.")
    return Refusal(ProblemCode.INVALID_REQUEST, 400, detail)


class PlainAddresses:
    """Wraps an application: paths and queries without NUL go on."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Refusal], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and (
            NUL in scope["path"] or 0 in unquote_to_bytes(scope["query_string"])
        ):
            refused = self._answer(Request(scope), unfit_text())
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, send)
