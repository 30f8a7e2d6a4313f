"""Every error of the framework's routes becomes a problem, or a page for people."""

import logging

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
from server.records import Scope
from server.services.asking import platform_asking
from server.signin.tokens import Tokens
from wire.errors import WireError
from wire.problems import ProblemCode

_MACHINES = ("/agent/", "/v1/", "/.well-known/", "/healthz")
_AWAY_S = 10
_PLATFORM_KEY = "platformKey"
_log = logging.getLogger(__name__)


def add_problem_handlers(app: FastAPI, tokens: Tokens) -> None:
    """Register the handlers."""

    async def invalid(request: Request, error: Exception) -> Response:
        """A body that does not read is noticed before anybody asked whose it is."""
        if isinstance(error, HTTPException) and error.status_code != 400:
            return await _http_error(request, error)
        try:
            await run_in_threadpool(_check_may_ask, app, tokens, request)
        except Refusal as refusal:
            return _answer(request, refusal)
        except StorageAway as error:
            return await _storage_away(request, error)
        detail = "A parameter does not hold to the documented form."
        return _answer(request, Refusal(ProblemCode.INVALID_REQUEST, 400, detail))

    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(WireError, _wire_error)
    app.add_exception_handler(StorageAway, _storage_away)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, invalid)
    app.add_exception_handler(Exception, _unexpected)


def _answer(request: Request, refusal: Refusal) -> Response:
    if request.url.path.startswith(_MACHINES):
        return refuse(refusal)
    return error_page(request, refusal)


async def _refusal(request: Request, error: Exception) -> Response:
    return _answer(request, error if isinstance(error, Refusal) else not_found())


async def _wire_error(request: Request, error: Exception) -> Response:
    return _answer(request, refusal_of(error if isinstance(error, WireError) else WireError()))


async def _storage_away(request: Request, error: Exception) -> Response:
    _log.error("the storage does not answer", exc_info=error)
    return _answer(request, overloaded(_AWAY_S))


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
        detail = "This route does not take that method."
        return _answer(request, Refusal(ProblemCode.METHOD_NOT_ALLOWED, status, detail))
    if status == 404:
        return _answer(request, not_found())
    return _answer(request, Refusal(ProblemCode.INVALID_REQUEST, status, "See the documentation."))


async def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("a request failed", exc_info=error)
    return _answer(request, Refusal(ProblemCode.INTERNAL, 500, "Something failed; try again."))
