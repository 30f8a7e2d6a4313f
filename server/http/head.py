"""`HEAD` is answered by every route that answers `GET` (RFC 9110, section 9.1)."""

from starlette.types import ASGIApp, Receive, Scope, Send

_FOUND = ("route", "endpoint", "router")


class Heads:
    """Wraps an application: its routes see a GET, and the connection leaves the body out.

    The scope that the connection holds stays a HEAD: by it uvicorn knows that no body follows. The
    request log, which wraps this, still learns which route was found.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        inner = dict(scope, method="GET")
        try:
            await self._app(inner, receive, send)
        finally:
            scope.update({name: inner[name] for name in _FOUND if name in inner})
