"""The application. The only module that names concrete storage."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from server.console.mounting import console_routes
from server.errors import DataFolderUnusable, NotKnown, ServerError
from server.figures import PageFigures
from server.hours.exporting import HoursExport
from server.hours.sheets import Timesheets
from server.http.bodies import Receive
from server.http.cookies import SignedSessions
from server.http.etags import ETags
from server.http.goodbye import saying_goodbye
from server.http.idempotency import IdempotentPosts
from server.http.paging import Paging
from server.http.problem_handlers import add_problem_handlers
from server.http.request_log import RequestLog
from server.http.security_headers import SecurityHeaders
from server.ingest.route import PATH as INGEST_PATH
from server.ingest.route import Ingest, Scope, Send
from server.operation.backup import Manifest
from server.operation.config import Settings
from server.operation.house import DataFolder
from server.operation.keys import ServerKeys, load_server_keys, make_server_keys
from server.operation.probes import health_routes
from server.operation.readiness import Readiness, schema_trouble
from server.operation.restore import Told, put_back
from server.operation.settings import load_settings
from server.privacy.asked_exports import AskedExports
from server.privacy.sealed import SealedObjects
from server.privacy.vault import Vault
from server.reviews.published import PublishedReviews
from server.routes.agent import AgentRoutes
from server.routes.documented import publish_document
from server.routes.published import published_router
from server.routes.releases import ReleaseRoutes
from server.routes.v1.mounting import PlatformServices, platform_router
from server.services.agents import agent_services
from server.services.catalogue import Catalogue
from server.services.invitations import Invitations
from server.services.people import Directory
from server.services.repeating import Repeats
from server.services.review import Review
from server.signin.tokens import Tokens
from server.storage.objects.folder import FolderObjects
from server.storage.objects.s3 import S3Address, S3Objects
from server.storage.postgres.dumps import DUMP, restore_dump
from server.storage.postgres.store import PostgresStore
from server.storage.protocols import BatchWriter, ObjectStore, Store
from server.storage.sqlite.store import SqliteStore
from server.submissions.answering import Answering
from server.submissions.service import Submissions
from server.webhooks.endpoints import Webhooks, rules_of

_GZIP_FROM_BYTES = 1_000
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Installation:
    """An opened data folder."""

    folder: DataFolder
    settings: Settings
    store: Store
    objects: SealedObjects
    keys: ServerKeys


def make_data_folder(path: Path) -> None:
    """Make or complete a data folder: secrets, database, schema."""
    folder = DataFolder(path)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = load_settings(path)
    store = _store(folder, settings)
    try:
        store.migrate()
        if settings.database and not folder.keys.exists() and _has_data(store):
            raise DataFolderUnusable(
                "another node made this database; copy its keys folder here first"
            )
    finally:
        store.close()
    make_server_keys(folder.keys)
    if not settings.database:
        folder.database.chmod(0o600)
    if not settings.objects:
        folder.objects.mkdir(mode=0o700, exist_ok=True)


def open_installation(path: Path) -> Installation:
    """Open a data folder that `make_data_folder` made.

    Raises:
        DataFolderUnusable: there is none, or its secrets are not usable.
        ConfigInvalid: a setting is wrong.
    """
    folder = DataFolder(path)
    settings = load_settings(path)
    if not settings.database and not folder.database.is_file():
        raise DataFolderUnusable(
            "there is no Veritype data in that folder; run 'veritype-server init' first"
        )
    keys = load_server_keys(folder.keys)
    store = _store(folder, settings)
    objects = SealedObjects(_objects(folder, settings), Vault(store, keys))
    return Installation(folder, settings, store, objects, keys)


def _store(folder: DataFolder, settings: Settings) -> Store:
    return PostgresStore(settings.database) if settings.database else SqliteStore(folder.database)


def _objects(folder: DataFolder, settings: Settings) -> ObjectStore:
    if not settings.objects:
        return FolderObjects(folder.objects)
    return S3Objects(
        S3Address(
            settings.objects,
            settings.objects_endpoint,
            settings.objects_region,
            settings.objects_key_id,
            settings.objects_secret,
            settings.objects_path_style,
        )
    )


def restore_objects(path: Path, told: Told) -> None:
    """Put restored objects into the bucket of the settings, if they name one.

    Raises:
        ServerError: the bucket does not take them; the data folder is gone again.
    """
    folder = DataFolder(path)
    try:
        settings = load_settings(path)
        if settings.objects:
            put_back(folder.objects, _objects(folder, settings), told)
    except ServerError:
        shutil.rmtree(path)
        raise


def restore_database(path: Path, manifest: Manifest) -> None:
    """Read a restored dump into the PostgreSQL database of the settings; a SQLite file is in place.

    Raises:
        ServerError: no database is set, it is not empty, or the dump is refused; the data folder
            is gone again.
    """
    folder = DataFolder(path)
    try:
        settings = load_settings(path)
        if manifest.database != DUMP:
            if settings.database:
                raise DataFolderUnusable("the backup is of SQLite, and 'database' is set")
            return
        if not settings.database:
            raise DataFolderUnusable("the backup is of PostgreSQL: set 'database' to an empty one")
        store = PostgresStore(settings.database)
        empty = not store.schema().found
        store.close()
        if not empty:
            raise DataFolderUnusable("the database of the settings is not empty: name another one")
        restore_dump(settings.database, folder.path)
        (folder.path / DUMP).unlink()
    except ServerError:
        shutil.rmtree(path)
        raise


def _has_data(store: Store) -> bool:
    try:
        store.first_organisation()
    except NotKnown:
        return False
    return True


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
    )
    agents = agent_services(store, objects, keys, settings)
    review = Review(store, objects)
    app.router.routes.extend(AgentRoutes(agents, tokens).routes())
    releases = ReleaseRoutes(installation.folder.releases, keys, tokens)
    app.router.routes.extend(releases.routes())
    services = PlatformServices(
        review=review,
        catalogue=Catalogue(store),
        directory=Directory(store),
        invitations=Invitations(store),
        submissions=Submissions(store, Answering(store, objects, keys)),
        webhooks=Webhooks(store, keys.sign_in_secret, rules_of(settings)),
        reviews=PublishedReviews(store),
        timesheets=Timesheets(store),
        hours=HoursExport(store),
        public_url=settings.public_url,
    )
    app.include_router(platform_router(services, tokens, Paging(keys.sign_in_secret)))
    app.include_router(published_router(keys))
    exports = AskedExports(store, objects, keys)
    console = console_routes(store, settings, review, exports, keys.sign_in_secret)
    app.router.routes.extend(console)
    app.router.routes.extend(health_routes(readiness))
    publish_document(app)
    add_problem_handlers(app, tokens)
    repeats = Repeats(store, keys.sign_in_secret)
    app.add_middleware(IdempotentPosts, tokens=tokens, repeats=repeats)
    app.add_middleware(ETags)
    app.add_middleware(
        SignedSessions,
        keys=keys,
        lasts_s=settings.sign_in_hours * _HOUR_S,
        secure=settings.cookie_secure,
    )
    app.add_middleware(GZipMiddleware, minimum_size=_GZIP_FROM_BYTES)
    app.add_middleware(SecurityHeaders)
    return app
