"""Every error of the framework's routes becomes a problem, or a page for people."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.console.rendering import error_page
from server.errors import Refusal, StorageAway, not_found, overloaded
from server.http.refusals import refusal_of
from server.http.request_log import route_of
from server.http.requests import authorization_of, refuse
from server.language import N_
from server.records import Scope
from server.services.asking import platform_asking
from server.signin.tokens import Tokens
from wire.errors import WireError
from wire.problems import ProblemCode

MACHINES = ("/agent/", "/v1/", "/.well-known/", "/healthz")
_AWAY_S = 10
_PLATFORM_KEY = "platformKey"
_PLACES = 3
_PLAIN = re.compile(r"[A-Za-z0-9_$.\-\[\]]{1,60}")
_WHY = {
    "missing": " (it is missing)",
    "extra_forbidden": " (there is no such field)",
    "unexpected_keyword_argument": " (there is no such field)",
    "unknown": " (there is no such parameter)",
    "text": " (text with a NUL character or half a surrogate pair is not kept)",
}
_log = logging.getLogger(__name__)


def add_problem_handlers(app: FastAPI, tokens: Tokens) -> None:
    """Register the handlers."""

    async def invalid(request: Request, error: Exception) -> Response:
        """A body that does not read is noticed before anybody asked whose it is."""
        if isinstance(error, HTTPException) and error.status_code not in (400, 415):
            return await _http_error(request, error)
        try:
            await run_in_threadpool(_check_may_ask, app, tokens, request)
        except Refusal as refusal:
            return answer_to(request, refusal)
        except StorageAway as away:
            return await _storage_away(request, away)
        return answer_to(request, _unfit(error))

    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(WireError, _wire_error)
    app.add_exception_handler(StorageAway, _storage_away)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, invalid)
    app.add_exception_handler(Exception, _unexpected)


def answer_to(request: Request, refusal: Refusal) -> Response:
    """A problem for machines, a page for people."""
    if request.url.path.startswith(MACHINES):
        return refuse(refusal)
    return error_page(request, refusal)


async def _refusal(request: Request, error: Exception) -> Response:
    return answer_to(request, error if isinstance(error, Refusal) else not_found())


async def _wire_error(request: Request, error: Exception) -> Response:
    return answer_to(request, refusal_of(error if isinstance(error, WireError) else WireError()))


async def _storage_away(request: Request, error: Exception) -> Response:
    _log.error("the storage does not answer", exc_info=error)
    return answer_to(request, overloaded(_AWAY_S))


def _unfit(error: Exception) -> Refusal:
    """Says where the first few mistakes are, never what was sent there."""
    if isinstance(error, HTTPException) and error.status_code == 415:
        return Refusal(ProblemCode.UNSUPPORTED_MEDIA_TYPE, 415, error.detail)
    detail = N_("The request does not hold to its documented form.")
    if isinstance(error, RequestValidationError):
        found = dict.fromkeys(_place(each) for each in error.errors())
        more = f", and {len(found) - _PLACES} more" if len(found) > _PLACES else ""
        detail += f" Look at {', '.join(list(found)[:_PLACES])}{more}."
    else:
        detail += " The body is not JSON."
    return Refusal(ProblemCode.INVALID_REQUEST, 400, detail)


def _place(error: Mapping[str, Any]) -> str:
    """Like `$.kinds[0]` or `query limit`. Names may come from outside: only plain ones are said."""
    where, *rest = error["loc"]
    if error["type"] == "json_invalid":
        return "the body: it is not JSON"
    why = _WHY.get(error["type"], "")
    if where != "body":
        return f"{where} {_name(str(rest[0])) if rest else ''}".rstrip() + why
    place = ""
    for part in rest:
        place += f"[{part}]" if isinstance(part, int) else f".{_name(part)}" if _name(part) else ""
    return f"${place.removeprefix('.$')}{why}"


def _name(part: str) -> str:
    return part if _PLAIN.fullmatch(part) else ""


def _check_may_ask(app: FastAPI, tokens: Tokens, request: Request) -> None:
    """Refuse whoever lacks what the document says that the route needs."""
    item = app.openapi()["paths"].get(route_of(request.scope), {})
    for needs in item.get(request.method.lower(), {}).get("security", ()):
        if _PLATFORM_KEY in needs:
            asker = platform_asking(tokens.platform(authorization_of(request)))
            for scope in needs[_PLATFORM_KEY]:
                asker.need(Scope(scope))


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        detail = N_("This route does not take that method.")
        return answer_to(request, Refusal(ProblemCode.METHOD_NOT_ALLOWED, status, detail))
    if status == 404:
        return answer_to(request, not_found())
    return answer_to(
        request, Refusal(ProblemCode.INVALID_REQUEST, status, N_(N_("See the documentation.")))
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("a request failed", exc_info=error)
    return answer_to(
        request, Refusal(ProblemCode.INTERNAL, 500, N_("Something failed; try again."))
    )
