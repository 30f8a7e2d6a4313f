"""The application: what answers which request, on an opened installation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from server.console.mounting import console_routes
from server.errors import DataFolderUnusable
from server.figures import PageFigures
from server.hours.exporting import HoursExport
from server.hours.sheets import Timesheets
from server.http.bodies import Receive
from server.http.cookies import SignedSessions
from server.http.etags import ETags
from server.http.goodbye import saying_goodbye
from server.http.head import Heads
from server.http.idempotency import IdempotentPosts
from server.http.paging import Paging
from server.http.plain_text import PlainAddresses
from server.http.problem_handlers import MACHINES, add_problem_handlers, answer_to
from server.http.request_log import RequestLog
from server.http.security_headers import SecurityHeaders
from server.ingest.route import PATH as INGEST_PATH
from server.ingest.route import Ingest, Scope, Send
from server.installation import Installation
from server.language.requests import Languages
from server.operation.probes import health_routes
from server.operation.readiness import Readiness, schema_trouble
from server.privacy.asked_exports import AskedExports
from server.reviews.exporting import DecisionExport
from server.reviews.published import PublishedReviews
from server.routes.agent import AgentRoutes
from server.routes.documented import publish_document
from server.routes.published import published_router
from server.routes.releases import ReleaseRoutes
from server.routes.v1.mounting import PlatformServices, platform_routes
from server.services.agents import agent_services
from server.services.catalogue import Catalogue
from server.services.invitations import Invitations
from server.services.people import Directory
from server.services.repeating import Repeats
from server.services.review import Review
from server.signin.tokens import Tokens
from server.storage.protocols import BatchWriter
from server.submissions.answering import Answering
from server.submissions.commitments import Commitments
from server.submissions.service import Submissions
from server.submissions.viewing import Texts
from server.webhooks.endpoints import Webhooks, rules_of

_GZIP_FROM_BYTES = 1_000
_GZIP_LEVEL = 5
"""A day's replay takes 8 ms for 136 kB; by the highest 200 ms for 132 kB, and all others wait."""
_HOUR_S = 3600


class Application:
    """Batches go straight to `Ingest`; everything else to the framework."""

    def __init__(
        self,
        ingest: Ingest,
        pages: FastAPI,
        writer: BatchWriter,
        figures: PageFigures,
        readiness: Readiness,
    ) -> None:
        self.ingest = ingest
        self.writer = writer
        self.figures = figures
        self.readiness = readiness
        self._pages = pages

    def document(self) -> dict[str, Any]:
        """The OpenAPI document that it publishes."""
        return self._pages.openapi()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if self.readiness.stopping and scope["type"] == "http":
            send = saying_goodbye(send)
        if scope["type"] == "http" and scope["path"] == INGEST_PATH:
            await self.ingest(scope, receive, send)
        else:
            await self._pages(scope, receive, send)


def build_app(installation: Installation) -> Application:
    """The application on an opened installation; closing it closes the store.

    Raises:
        DataFolderUnusable: the schema is too old or too new for this version.
    """
    store, keys, settings = installation.store, installation.keys, installation.settings
    trouble = schema_trouble(store)
    if trouble:
        raise DataFolderUnusable(trouble)
    writer = store.writer(settings.ingest_queue_max)
    figures, readiness = PageFigures(), Readiness(store, installation.objects.stored)
    pages = _pages(installation, writer, readiness)
    pages.add_middleware(RequestLog, figures=figures)
    ingest = Ingest(store, writer, keys, settings.device_batches_per_minute)
    return Application(ingest, pages, writer, figures, readiness)


def _pages(installation: Installation, writer: BatchWriter, readiness: Readiness) -> FastAPI:
    tokens = Tokens(installation.store)
    store, objects, keys = installation.store, installation.objects, installation.keys
    settings = installation.settings

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        writer.close()
        store.close()

    app = FastAPI(
        title="Veritype platform API",
        version="1",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # A redirect would repeat the host that the caller named, and no document says it.
        redirect_slashes=False,
    )
    agents = agent_services(store, objects, keys, settings)
    review = Review(store, objects)
    app.router.routes.extend(AgentRoutes(agents, tokens).routes())
    releases = ReleaseRoutes(installation.folder.releases, keys, tokens)
    app.router.routes.extend(releases.routes())
    reviews = PublishedReviews(store)
    services = PlatformServices(
        review=review,
        catalogue=Catalogue(store),
        directory=Directory(store),
        invitations=Invitations(store),
        submissions=Submissions(
            store, Answering(store, objects, keys), settings.submissions_per_session_max
        ),
        webhooks=Webhooks(store, keys.sign_in_secret, rules_of(settings)),
        reviews=reviews,
        decisions=DecisionExport(store, reviews),
        timesheets=Timesheets(store),
        hours=HoursExport(store),
        public_url=settings.public_url,
    )
    platform = platform_routes(services, tokens, Paging(keys.sign_in_secret))
    app.router.routes.extend(platform)
    app.router.routes.extend(published_router(keys).routes)
    texts = Texts(review, Commitments(keys.sample_secret))
    exports = AskedExports(store, objects, keys)
    console = console_routes(store, objects, settings, services, texts, exports, keys)
    app.router.routes.extend(console)
    app.router.routes.extend(health_routes(readiness))
    publish_document(app)
    add_problem_handlers(app, tokens)
    repeats = Repeats(store, keys.sign_in_secret)
    app.add_middleware(IdempotentPosts, tokens=tokens, repeats=repeats)
    app.add_middleware(ETags)
    app.add_middleware(PlainAddresses, answer=answer_to)
    app.add_middleware(
        SignedSessions,
        keys=keys,
        lasts_s=settings.sign_in_hours * _HOUR_S,
        secure=settings.cookie_secure,
    )
    app.add_middleware(GZipMiddleware, minimum_size=_GZIP_FROM_BYTES, compresslevel=_GZIP_LEVEL)
    app.add_middleware(Languages, english=MACHINES)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Heads)
    return app
