"""Each request is spoken to in the language that its browser asks for."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.language.languages import ENGLISH, language_of
from server.language.voice import speak


class Languages:
    """Sets the language before anything is said; a person's own choice replaces it."""

    def __init__(self, app: ASGIApp, english: tuple[str, ...]) -> None:
        """`english`: where paths begin that machines ask; their answers are a contract."""
        self._app = app
        self._english = english

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            accepted = Headers(scope=scope).get("accept-language", "")
            machine = scope["path"].startswith(self._english)
            speak(ENGLISH if machine else language_of(None, accepted))
        await self._app(scope, receive, send)
