"""Each request is spoken to in the language that its browser asks for."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.language.languages import language_of
from server.language.voice import speak


class Languages:
    """Sets the language before anything is said; a person's own choice replaces it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            speak(language_of(None, Headers(scope=scope).get("accept-language", "")))
        await self._app(scope, receive, send)
