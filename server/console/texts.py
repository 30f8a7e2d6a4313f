"""The routes of submitted texts: of a session, and of a review that is not committed yet."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, to
from server.console.text_contexts import TextPage, handed_in_page, seen_page
from server.reviews.glimpse import Glimpses
from server.services.asking import Asker
from server.submissions.viewing import Texts


class TextRoutes:
    """A submitted text: where each passage came from, and its shape."""

    def __init__(self, desk: Desk, texts: Texts, glimpses: Glimpses) -> None:
        self._desk = desk
        self._texts = texts
        self._glimpses = glimpses

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/sessions/{session}/texts/{number}", self.seen, methods=["GET"]),
            Route("/sessions/{session}/submissions/{submission}", self.told, methods=["GET"]),
            Route("/reviews/{review}/texts/{number}", self.blind, methods=["GET"]),
        ]

    async def seen(self, request: Request) -> Response:
        """A text that the agent saw being submitted."""
        session, number = request.path_params["session"], request.path_params["number"]

        def read(asker: Asker) -> TextPage:
            found = self._texts.seen(asker, session, number)
            return seen_page(found, f"/sessions/{session}", blind=False)

        return await self._page(request, read)

    async def told(self, request: Request) -> Response:
        """A text that a platform handed in."""
        session, submission = request.path_params["session"], request.path_params["submission"]

        def read(asker: Asker) -> TextPage:
            found = self._texts.handed_in(asker, session, submission)
            return handed_in_page(found, f"/sessions/{session}")

        return await self._page(request, read)

    async def blind(self, request: Request) -> Response:
        """A text of the session behind a review, for its reviewer: nobody is named."""
        review, number = request.path_params["review"], request.path_params["number"]

        def read(asker: Asker) -> TextPage:
            glimpse = self._glimpses.glimpse(asker, review)
            found = self._texts.seen(glimpse.asker, glimpse.session, number)
            return seen_page(found, f"/reviews/{review}", blind=True)

        return await self._page(request, read)

    async def _page(self, request: Request, read: Callable[[Asker], TextPage]) -> Response:
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        context: dict[str, object] = {"page": await run_in_threadpool(read, asker)}
        return self._desk.page(request, "text.html", person, context)
