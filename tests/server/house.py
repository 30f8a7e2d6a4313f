"""A data folder with people in it, and the real application on a real socket."""

import asyncio
import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import msgspec
import uvicorn
from sqlalchemy import func, select, text

from server.app import build_app
from server.ingest.connection import connections_of
from server.installation import Installation, make_data_folder, open_installation
from server.records import NewDevice, NewSession, Person, Role, SessionEntry
from server.services.administration import Administration
from server.storage.protocols import OrganisationStore
from server.storage.sql.database import Database
from server.storage.sql.store import SqlStore
from server.storage.tables import metadata
from wire.codes import Category
from wire.policy import Policy, Screenshots, WindowRule

PASSWORD = "correct horse battery"
SCRIPT = "<script>alert(1)</script>"
"""In a name it must never run."""
POLICY = Policy(
    version=1,
    windows=(
        WindowRule(Category.TASK, title="*task*"),
        WindowRule(Category.ASSISTANT, title="*ai*"),
    ),
    screenshots=Screenshots(interval_s=240),
)


@dataclass
class House:
    """A data folder with somebody in it."""

    path: Path
    installation: Installation
    trainer: Person
    auditor: Person
    other: Person
    platform_key: str

    @property
    def administration(self) -> Administration:
        return Administration(self.installation.store, self.installation.settings)

    @property
    def own(self) -> OrganisationStore:
        store = self.installation.store
        return store.of(store.first_organisation())

    @property
    def database(self) -> Database:
        store = self.installation.store
        assert isinstance(store, SqlStore)
        return store._database

    def rows(self, table: str) -> int:
        with self.database.reading.connect() as connection:
            query = select(func.count()).select_from(metadata.tables[table])
            return connection.execute(query).scalar_one()

    def change(self, statement: str, **values: object) -> None:
        """Change what is stored behind the server's back; values stand as `:name`."""
        with self.database.writing.begin() as connection:
            connection.execute(text(statement), values)


def make_house(
    path: Path, trainer_name: str = f"Ada {SCRIPT}", other_name: str = "Tim Trainer"
) -> House:
    make_data_folder(path)
    with (path / "server.toml").open("a") as settings:
        settings.write("device_batches_per_minute = 10_000_000\n")
    installation = open_installation(path)
    administration = Administration(installation.store, installation.settings)
    administration.found("Test", PASSWORD)
    trainer, auditor, other = (
        administration.add_person(name, role, login, PASSWORD).person
        for name, role, login in (
            (trainer_name, Role.TRAINER, "ada"),
            ("Otto Auditor", Role.AUDITOR, "otto"),
            (other_name, Role.TRAINER, "tim"),
        )
    )
    administration.add_project("Demo", msgspec.json.encode(POLICY))
    key = administration.add_platform_key("tests")
    return House(path, installation, trainer, auditor, other, key)


def bare_session(house: House) -> SessionEntry:
    """A session of the trainer's without evidence, on a device made for it."""
    own, code = house.own, bytes(32)
    own.add_pairing_code(code, house.trainer.id, 2)
    device = NewDevice(bytes(16), bytes(32), bytes(32), "p", "0.1.0")
    assert house.installation.store.enrol(code, device, 1) is not None
    project = own.projects()[0].id
    new = NewSession(bytes(16), house.trainer.id, bytes(16), project, 1, "0.1.0", 1)
    entry = own.add_session(new)
    assert entry is not None
    return entry


@contextlib.contextmanager
def copied(
    house: House, path: Path, furnish: Callable[[Path], None] = lambda _: None
) -> Iterator[House]:
    """A house like another one, in a folder of its own."""
    shutil.copytree(house.path, path)
    furnish(path)
    made = replace(house, path=path, installation=open_installation(path))
    yield made
    made.installation.store.close()


class _Prompt(uvicorn.Server):
    """Looks every 10 ms whether it has to end, since every test waits for that."""

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            await asyncio.sleep(0.01)


def browsing(address: str, timeout_s: float = 120) -> httpx.Client:
    """A client of plain HTTP: reading the certificates of the world is slow."""
    return httpx.Client(base_url=address, timeout=timeout_s, verify=False)  # noqa: S501


@contextlib.contextmanager
def serving(path: Path, keep_alive_s: int = 5) -> Iterator[str]:
    """The real application on a real socket."""
    app = build_app(open_installation(path))
    config = uvicorn.Config(
        app,
        port=0,
        log_config=None,
        lifespan="on",
        loop="uvloop",
        http=connections_of(app.ingest, app.readiness),
        timeout_keep_alive=keep_alive_s,
    )
    server = _Prompt(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 60
        while not server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
