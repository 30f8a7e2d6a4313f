"""The reviewers' pages: a review with its evidence and form, what came of it, how good it is."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.clock import now_us
from server.console.desk import Desk, Form, one, to
from server.console.looked import looked_pairs
from server.console.quality import quality_page
from server.console.replay import replay_of
from server.console.review_contexts import (
    done_page,
    review_page,
)
from server.console.spans import NotSpans, spans_of
from server.console.stretch import asked_stretch, stretch_page
from server.console.timeline import evidence_of
from server.errors import Refusal, not_found
from server.language import _
from server.records import Person, Verdict
from server.records.audit import KEYS_VIEWED
from server.reviews.glimpse import Glimpses
from server.reviews.listing import Listing
from server.reviews.quality import measured
from server.reviews.reviewing import Reviewing
from server.reviews.work import worked
from server.services.asking import Asker
from server.services.review import Review

_FORM_MAX_BYTES = 65_536
"""A reason of full length in any script, as a form writes it."""


class ReviewingRoutes:
    """What auditors and leads do."""

    def __init__(self, desk: Desk, reviewing: Reviewing, listing: Listing, review: Review) -> None:
        self._desk = desk
        self._reviewing = reviewing
        self._listing = listing
        self._review = review
        self._glimpses = Glimpses(reviewing, review)

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/reviews/quality", self.quality, methods=["GET"]),
            Route("/reviews/{review}", self.review, methods=["GET"]),
            Route("/reviews/{review}/release", self.release, methods=["POST"]),
            Route("/reviews/{review}/verdict", self.commit, methods=["POST"]),
            Route("/reviews/{review}/done", self.done, methods=["GET"]),
            Route("/reviews/{review}/timeline.json", self.timeline, methods=["GET"]),
            Route("/reviews/{review}/stretch", self.stretch, methods=["GET"]),
            Route("/reviews/{review}/replay.bin", self.replay, methods=["GET"]),
            Route("/reviews/{review}/objects/{digest}", self.picture, methods=["GET"]),
            Route("/reviews/{review}/looked", self.looked, methods=["POST"]),
        ]

    async def review(self, request: Request) -> Response:
        """The evidence, and the form."""
        person, asker = await self._asking(request)
        if person is None:
            return to("/login")
        return await self._page(request, person, asker, {}, "")

    async def release(self, request: Request) -> Response:
        """Give it back."""
        await self._desk.form(request)
        asker, review = await self._desk.asker(request), request.path_params["review"]
        await run_in_threadpool(self._reviewing.release, asker, review, now_us())
        return to("/reviews")

    async def commit(self, request: Request) -> Response:
        """Take a verdict; what is wrong with it is said beside what was written."""
        form = await self._desk.form(request, _FORM_MAX_BYTES)
        person, asker = await self._asking(request)
        if person is None:
            return to("/login")
        review = request.path_params["review"]
        try:
            await run_in_threadpool(self._commit, asker, review, form)
        except NotSpans as error:
            return await self._page(request, person, asker, form, str(error))
        except Refusal as error:
            if error.problem.status != 409:
                raise
            return await self._page(request, person, asker, form, error.spoken)
        return to(f"/reviews/{review}/done")

    async def done(self, request: Request) -> Response:
        """What they said, and everything else: from now on they see it all."""
        person, asker = await self._asking(request)
        if person is None:
            return to("/login")
        review = request.path_params["review"]
        found = await run_in_threadpool(self._reviewing.committed, asker, review)
        context: dict[str, object] = {"page": done_page(found, person.id)}
        return self._desk.page(request, "review_done.html", person, context)

    async def timeline(self, request: Request) -> Response:
        """The timeline's data: evidence alone."""
        asker, review = await self._desk.asker(request), request.path_params["review"]

        def read() -> object:
            glimpse = self._glimpses.glimpse(asker, review)
            at = f"/reviews/{review}/objects"
            return evidence_of(self._review, glimpse.asker, glimpse.session, at)

        return JSONResponse(await run_in_threadpool(read))

    async def stretch(self, request: Request) -> Response:
        """What was observed from one moment to another: from the evidence alone."""
        asker, review = await self._desk.asker(request), request.path_params["review"]
        start_ms, end_ms = asked_stretch(request.query_params)

        def read() -> object:
            glimpse = self._glimpses.glimpse(asker, review)
            line = self._review.session(glimpse.asker, glimpse.session).line
            policy = self._review.policy(glimpse.asker, line)
            opened = self._review.opened(glimpse.asker, glimpse.session)
            self._reviewing.looked(asker, glimpse.held, zooms=1)
            return stretch_page(opened, policy, start_ms, end_ms, None)

        return self._desk.part(request, "stretch.html", await run_in_threadpool(read))

    async def replay(self, request: Request) -> Response:
        """What each key did to the text; who asked for it is in the audit log."""
        asker, review = await self._desk.asker(request), request.path_params["review"]

        def read() -> bytes:
            glimpse = self._glimpses.glimpse(asker, review)
            self._reviewing.looked(asker, glimpse.held, replays=1)
            return replay_of(self._review.opened(glimpse.asker, glimpse.session, KEYS_VIEWED))

        return Response(await run_in_threadpool(read), media_type="application/octet-stream")

    async def picture(self, request: Request) -> Response:
        """A screenshot; each view is in the audit log."""
        asker, review = await self._desk.asker(request), request.path_params["review"]
        glimpse = await run_in_threadpool(self._glimpses.glimpse, asker, review)
        digest = request.path_params["digest"]
        entry, data = await run_in_threadpool(self._glimpses.picture, glimpse, digest)
        fields = {"content-security-policy": "default-src 'none'; sandbox"}
        return Response(data, headers=fields, media_type=entry.content_type)

    async def looked(self, request: Request) -> Response:
        """The page tells for how long pictures were in view."""
        asker, review = await self._desk.asker(request), request.path_params["review"]
        for digest, looked_ms in looked_pairs(await self._desk.form(request)):
            await run_in_threadpool(self._glimpses.looked, asker, review, digest, looked_ms)
        return Response(status_code=204)

    async def quality(self, request: Request) -> Response:
        """How well reviewers agree, and with what is known; for leads and administrators."""
        person, asker = await self._asking(request)
        if person is None:
            return to("/login")
        if not asker.measures_reviews:
            raise not_found()
        store = self._desk.sign_ins.store.of(asker.organisation)
        context: dict[str, object] = {
            "page": quality_page(
                await run_in_threadpool(measured, store),
                await run_in_threadpool(worked, store, now_us()),
                {each.id: each.name for each in await run_in_threadpool(store.people)},
            )
        }
        return self._desk.page(request, "quality.html", person, context)

    def _commit(self, asker: Asker, review: str, form: Form) -> None:
        try:
            verdict = Verdict(one(form, "verdict"))
        except ValueError as error:
            raise NotSpans(_("Choose one of the verdicts.")) from error
        ticked = [span for text in form.get("stretch", []) for span in spans_of(text)]
        spans = tuple(sorted({*spans_of(one(form, "spans")), *ticked}))
        self._reviewing.commit(asker, review, verdict, spans, one(form, "reason"), now_us())

    async def _page(
        self, request: Request, person: Person, asker: Asker, form: Form, said: str
    ) -> Response:
        review = request.path_params["review"]

        def read() -> object:
            glimpse = self._glimpses.glimpse(asker, review)
            self._reviewing.opened(asker, review, now_us())
            found, row = glimpse.held.review, glimpse.held.review.session_row
            card = self._listing.card(asker, row) if row is not None else None
            held = self._reviewing.queue(asker, now_us()).held
            return review_page(found, held, card, self._glimpses.page(glimpse), form, said)

        context: dict[str, object] = {"page": await run_in_threadpool(read)}
        status = 400 if said else 200
        return self._desk.page(request, "review.html", person, context, status)

    async def _asking(self, request: Request) -> tuple[Person | None, Asker]:
        person = await self._desk.person(request)
        if person is None:
            return None, _NOBODY
        return person, await run_in_threadpool(self._desk.sign_ins.asker, person)


_NOBODY = Asker(0, "nobody", None)
