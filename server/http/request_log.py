"""One log line and one count for each request: never who asked, nor for what.

A line has the route's template, not the path: paths hold ids. Batches are not logged one by one;
`server.operation.ingest_log` says every minute how many there were.
"""

import logging
import re
import secrets
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from server.figures import PageFigures

HEADER = "x-request-id"
_GIVEN = re.compile(rb"[A-Za-z0-9-]{8,64}\Z")
"""A proxy's own id is kept if it looks like one."""
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))
_UNKNOWN = "(none)"
_log = logging.getLogger("server.requests")


class RequestLog:
    """Wraps an application; its routes leave what matched in the scope."""

    def __init__(self, app: ASGIApp, figures: PageFigures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        request_id = _request_id(scope)

        async def note(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            took_s = time.perf_counter() - began
            method = scope["method"] if scope["method"] in _METHODS else _UNKNOWN
            route = route_of(scope)
            self._figures.answered(method, route, status, took_s)
            _log.info(
                "request",
                extra={
                    "request": request_id,
                    "method": method,
                    "route": route,
                    "status": status,
                    "duration_ms": round(took_s * 1000, 1),
                },
            )


def route_of(scope: Scope) -> str:
    """The template of the route that matched, such as `/v1/sessions/{session_id}`."""
    route, endpoint = scope.get("route"), scope.get("endpoint")
    if route is None and endpoint is not None:
        # Starlette before 1.0 leaves the function that was found, not its route.
        routes = scope["router"].routes
        route = next((each for each in routes if getattr(each, "endpoint", None) == endpoint), None)
    return str(getattr(route, "path", "") or _UNKNOWN)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == HEADER.encode() and _GIVEN.match(value):
            return str(value.decode("ascii"))
    return secrets.token_hex(8)
