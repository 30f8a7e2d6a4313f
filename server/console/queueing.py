"""The list of reviews: what waits, what is taken of it, and, by name, what is open."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.clock import now_us
from server.console.desk import Desk, one, to
from server.console.queue_contexts import (
    OpenPage,
    QueuePage,
    open_filter_of,
    open_page,
    page_number,
    queue_page,
    wanted_of,
)
from server.errors import Refusal, not_found
from server.language import _
from server.records import Person
from server.reviews.listing import Listing
from server.reviews.reviewing import Reviewing
from server.services.asking import Asker
from server.storage.protocols import OrganisationStore

_OPEN_ROWS = 50


class QueueRoutes:
    """What waits for reviewers."""

    def __init__(self, desk: Desk, reviewing: Reviewing, listing: Listing) -> None:
        self._desk = desk
        self._reviewing = reviewing
        self._listing = listing

    def routes(self) -> list[Route]:
        """What to mount; before the routes that name a review."""
        return [
            Route("/reviews", self.queue, methods=["GET"]),
            Route("/reviews/next", self.take, methods=["POST"]),
            Route("/reviews/claim", self.claim, methods=["POST"]),
            Route("/reviews/open", self.open, methods=["GET"]),
        ]

    async def queue(self, request: Request) -> Response:
        """The cases that wait, and what they did."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        return await self._list(request, person, asker, "")

    async def take(self, request: Request) -> Response:
        """Take what goes first."""
        await self._desk.form(request)
        return await self._taken(request, None)

    async def claim(self, request: Request) -> Response:
        """Take the case with a review."""
        form = await self._desk.form(request)
        return await self._taken(request, one(form, "review"))

    async def open(self, request: Request) -> Response:
        """Open reviews by name, for who sees their sessions in full and reviews none of them."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        if not asker.measures_reviews:
            raise not_found()
        context: dict[str, object] = {
            "page": await run_in_threadpool(self._open_page, request, asker)
        }
        return self._desk.page(request, "reviews_open.html", person, context)

    async def _taken(self, request: Request, review: str | None) -> Response:
        person = await self._desk.required(request)
        asker = await run_in_threadpool(self._desk.sign_ins.asker, person)
        try:
            taken = await run_in_threadpool(self._reviewing.take, asker, now_us(), review)
        except Refusal as error:
            if error.problem.status != 409:
                raise
            return await self._list(request, person, asker, str(error), 409)
        if taken is not None:
            return to(f"/reviews/{taken.hex()}")
        if review is None:
            return to("/reviews")
        gone = _("Somebody else took it, or it is not yours to review. The list is up to date now.")
        return await self._list(request, person, asker, gone, 409)

    async def _list(
        self, request: Request, person: Person, asker: Asker, said: str, status: int = 200
    ) -> Response:
        context: dict[str, object] = {
            "page": await run_in_threadpool(self._queue_page, request, asker, said)
        }
        return self._desk.page(request, "reviews.html", person, context, status)

    def _queue_page(self, request: Request, asker: Asker, said: str) -> QueuePage:
        query, now = dict(request.query_params), now_us()
        queue, rules = self._reviewing.queue(asker, now), self._listing.rules(asker)
        wanted = wanted_of(query, rules, now)
        page = self._listing.page(asker, wanted, now, page_number(query))
        oversees = asker.measures_reviews
        return queue_page(queue, page, rules, query, now, said=said, oversees=oversees)

    def _open_page(self, request: Request, asker: Asker) -> OpenPage:
        query, store = dict(request.query_params), self._store(asker)
        wanted = open_filter_of(query, now_us())
        skip = page_number(query) * _OPEN_ROWS
        rows = store.open_reviews(asker.sight, wanted, _OPEN_ROWS + 1, skip)
        seen = store.open_people(asker.sight)
        projects = [(each.id, each.name) for each in store.projects()]
        more = len(rows) > _OPEN_ROWS
        return open_page(rows[:_OPEN_ROWS], seen, projects, query, more=more)

    def _store(self, asker: Asker) -> OrganisationStore:
        return self._desk.sign_ins.store.of(asker.organisation)
