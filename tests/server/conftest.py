"""A real data folder, a real server on a socket, and a device that speaks the wire."""

import contextlib
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import msgspec
import pytest
import uvicorn
from sqlalchemy import func, select

from server.app import Installation, build_app, make_data_folder, open_installation
from server.records import Person, Role
from server.scoring import Scoring
from server.services.administration import Administration
from server.storage.tables import metadata
from server.worker import do_next
from wire import events
from wire.batch import Envelope, seal
from wire.body import body_of
from wire.header import NO_PREVIOUS, Header
from wire.keys import KeyClass
from wire.messages import (
    Acknowledgement,
    Consent,
    ConsentRequest,
    Enrolment,
    EnrolmentRequest,
    Projects,
    SessionGrant,
    SessionRequest,
    encode_message,
    object_digest,
)
from wire.policy import Policy, WindowRule
from wire.problems import Problem
from wire.signing import SigningKey, VerifyKey

PASSWORD = "correct horse battery"
POLICY = Policy(version=1, windows=(WindowRule(1, title="*task*"), WindowRule(2, title="*ai*")))


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
    def own(self):
        store = self.installation.store
        return store.of(store.first_organisation())

    def rows(self, table: str) -> int:
        with self.installation.store._engine.connect() as connection:
            query = select(func.count()).select_from(metadata.tables[table])
            return connection.execute(query).scalar_one()


def make_house(path: Path) -> House:
    make_data_folder(path)
    installation = open_installation(path)
    administration = Administration(installation.store, installation.settings)
    administration.found("Test", PASSWORD)
    people = [
        administration.add_person(name, role, login, PASSWORD).person
        for name, role, login in (
            ("Ada <script>alert(1)</script>", Role.TRAINER, "ada"),
            ("Otto Auditor", Role.AUDITOR, "otto"),
            ("Tim Trainer", Role.TRAINER, "tim"),
        )
    ]
    administration.add_project("Demo", msgspec.json.encode(POLICY))
    return House(path, installation, *people, administration.add_platform_key("tests"))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Made once, since hashing passwords is slow on purpose."""
    made = make_house(tmp_path_factory.mktemp("furnished") / "data")
    made.installation.store.close()
    return made


@pytest.fixture
def house(furnished: House, tmp_path: Path) -> Iterator[House]:
    path = shutil.copytree(furnished.path, tmp_path / "data")
    made = replace(furnished, path=path, installation=open_installation(path))
    yield made
    made.installation.store.close()


@contextlib.contextmanager
def serving(path: Path) -> Iterator[str]:
    """The real application on a real socket."""
    app = build_app(open_installation(path))
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="on", loop="uvloop")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with serving(house.path) as found:
        yield found


@dataclass
class Device:
    """What an agent does, reduced to the wire."""

    client: httpx.Client
    key: SigningKey = field(default_factory=SigningKey.generate)
    enrolment: Enrolment | None = None

    @property
    def auth(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.enrolment.token}"}

    @property
    def server_key(self) -> VerifyKey:
        return VerifyKey(self.enrolment.server_key)

    def enrol(self, code: str) -> httpx.Response:
        request = EnrolmentRequest(code, self.key.verify_key.raw, "test", "0.1.0")
        answer = self.client.post("/agent/v1/enrolments", content=encode_message(request))
        if answer.status_code == 200:
            self.enrolment = msgspec.json.decode(answer.content, type=Enrolment)
        return answer

    def projects(self) -> Projects:
        answer = self.client.get("/agent/v1/projects", headers=self.auth)
        return msgspec.json.decode(answer.content, type=Projects)

    def consent(self, policy: Policy | None = None) -> httpx.Response:
        offer = self.projects().projects[0]
        policy = policy or offer.policy
        request = ConsentRequest(offer.project, policy.version, policy.digest())
        return self.client.post(
            "/agent/v1/consents", content=encode_message(request), headers=self.auth
        )

    def open(self, session: bytes | None = None, policy_version: int = 1) -> httpx.Response:
        project = self.projects().projects[0].project
        request = SessionRequest(
            session or secrets.token_bytes(16), project, policy_version, "0.1.0"
        )
        return self.client.post(
            "/agent/v1/sessions", content=encode_message(request), headers=self.auth
        )

    def clock_in(self) -> "Chain":
        assert msgspec.json.decode(self.consent().content, type=Consent).policy_version == 1
        grant = msgspec.json.decode(self.open().content, type=SessionGrant)
        return Chain(self, grant.session, grant.nonce)

    def post(self, sealed: bytes, **headers: str) -> httpx.Response:
        return self.client.post("/agent/v1/batches", content=sealed, headers=self.auth | headers)

    def put(self, session: bytes, data: bytes, digest: str | None = None) -> httpx.Response:
        name = digest or object_digest(data).hex()
        return self.client.put(
            f"/agent/v1/objects/{name}",
            params={"session": session.hex()},
            content=data,
            headers=self.auth,
        )


@dataclass
class Chain:
    """A session's batches, one after the other."""

    device: Device
    session: bytes
    nonce: bytes
    sequence: int = 0
    previous: bytes = NO_PREVIOUS
    anchor: int = -1

    def header(self, **changes) -> Header:
        fields = {
            "session": self.session,
            "device": self.device.enrolment.device,
            "key_id": self.device.key.verify_key.key_id,
            "sequence": self.sequence,
            "previous": self.previous,
            "anchor": self.anchor,
            "nonce": self.nonce,
            "boot_id": bytes(16),
            "sealed_monotonic_us": 0,
            "sealed_wall_us": time.time_ns() // 1000,
            "zone": "UTC",
            "utc_offset_min": 0,
            "start_us": self.sequence * 30_000_000,
            "end_us": (self.sequence + 1) * 30_000_000,
            "policy_version": 1,
            "agent_version": "0.1.0",
            "final": False,
            "rows": 0,
            "body_raw_bytes": 0,
            "losses": {},
        }
        return Header(**(fields | changes))

    def seal(self, happened=(), **changes) -> Envelope:
        return seal(self.header(**changes), body_of(happened), self.device.key)

    def accept(self, envelope: Envelope, answer: httpx.Response) -> Acknowledgement:
        assert answer.status_code == 200, answer.text
        receipt = msgspec.json.decode(answer.content, type=Acknowledgement)
        self.sequence, self.previous = envelope.header.sequence + 1, envelope.digest
        self.anchor, self.nonce = receipt.sequence, receipt.nonce
        return receipt

    def send(self, happened=(), **changes) -> Acknowledgement:
        envelope = self.seal(happened, **changes)
        return self.accept(envelope, self.device.post(envelope.sealed))


def typing(start_us: int, keys: int, step_us: int = 150_000) -> list[events.Keystroke]:
    """Keys of an even hand: words of five letters."""
    return [
        events.Keystroke(
            start_us + n * step_us,
            80_000,
            KeyClass.SPACE if n % 6 == 5 else KeyClass.LETTER,
            2,
            1,
        )
        for n in range(keys)
    ]


def problem_of(answer: httpx.Response) -> Problem:
    assert answer.headers["content-type"] == "application/problem+json"
    found = msgspec.json.decode(answer.content, type=Problem)
    assert found.status == answer.status_code
    assert found.code is not None
    return found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as made:
        yield made


@pytest.fixture
def new_device(house: House, client: httpx.Client) -> Callable[..., Device]:
    def make(person: Person | None = None) -> Device:
        device = Device(client)
        device.enrol(house.administration.pair((person or house.trainer).name))
        assert device.enrolment is not None
        return device

    return make


@pytest.fixture
def chain(new_device: Callable[..., Device]) -> Chain:
    return new_device().clock_in()


def score_all(house: House, assessor) -> int:
    store = house.installation.store
    scoring = Scoring(store, assessor)
    done = 0
    while do_next(store, scoring, "test"):
        done += 1
    return done


@pytest.fixture(name="problem")
def _problem() -> Callable[[httpx.Response], Problem]:
    return problem_of


@pytest.fixture(name="typing")
def _typing() -> Callable[..., list[events.Keystroke]]:
    return typing
