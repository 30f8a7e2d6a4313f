"""The agent's release: what is offered, and the file itself."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from server.errors import not_found
from server.http.requests import answer, authorization_of
from server.operation.keys import ServerKeys
from server.operation.releases import offered, offered_file
from server.signin.tokens import Tokens

_NONE_OFFERED = "This server offers no release of the agent."


class ReleaseRoutes:
    """For enrolled devices only."""

    def __init__(self, folder: Path, keys: ServerKeys, tokens: Tokens) -> None:
        self._folder = folder
        self._keys = keys
        self._tokens = tokens

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/agent/v1/release", self.release, methods=["GET"]),
            Route("/agent/v1/release/file", self.file, methods=["GET"]),
        ]

    async def release(self, request: Request) -> Response:
        """Version, name, size and digest, signed."""
        await self._check(request)
        found = await run_in_threadpool(offered, self._folder, self._keys.signing)
        if found is None:
            raise not_found(_NONE_OFFERED)
        return answer(found)

    async def file(self, request: Request) -> Response:
        """The bytes."""
        await self._check(request)
        path = await run_in_threadpool(offered_file, self._folder)
        if path is None:
            raise not_found(_NONE_OFFERED)
        return FileResponse(
            path, media_type="application/octet-stream", headers={"cache-control": "no-store"}
        )

    async def _check(self, request: Request) -> None:
        await run_in_threadpool(self._tokens.device, authorization_of(request))
