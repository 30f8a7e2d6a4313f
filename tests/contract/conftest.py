"""A real server process, and an enrolled agent whose sources are a script."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent import AGENT_VERSION
from agent.clock import ClockReading
from agent.identity import Identity, enrol
from agent.session.recorder import Recorder, SessionFacts
from agent.shipping.delivery import Delivery
from agent.shipping.shipper import Shipper
from agent.shipping.transport import Transport
from agent.spool.store import Spool
from server.compaction.reading import stored_batches
from server.installation import open_installation
from wire.batch import Envelope
from wire.events import Keystroke
from wire.messages import ConsentRequest, ProjectOffer, Projects, decode_message, encode_message

SECOND_US = 1_000_000
POLICY = b'{"version": 1, "windows": [{"category": 1, "title": "*task*"}]}'
READY = "veritype-server listening on "
SERVER = (sys.executable, "-m", "server.cli.main")
ENVIRONMENT = os.environ | {
    "OMP_NUM_THREADS": "1",
    # Days of work are sent in seconds here.
    "VERITYPE_DEVICE_BATCHES_PER_MINUTE": "1000000",
}


@dataclass(slots=True)
class RunningServer:
    """A server process on a data folder; it can be killed and started again on its port.

    Nothing is scored: what agent and server agree on does not wait for a score, and a scorer starts
    for seconds.
    """

    folder: Path
    port: int = 0
    process: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        where = ("--data", str(self.folder), "--port", str(self.port))
        self.process = subprocess.Popen(
            [*SERVER, "serve", *where, "--scorers", "0"],
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith(READY), line
        self.port = int(line.rsplit(":", 1)[1])

    def sealed(self, session: bytes) -> list[bytes]:
        """What it keeps of a session, as the device sealed it."""
        installation = open_installation(self.folder)
        with closing(installation.store) as store:
            own = store.of(store.first_organisation())
            entry = own.session(session)
            rows = (
                stored_batches(own, installation.objects, entry.organisation, entry.row)
                if entry
                else ()
            )
        return [row.sealed for row in rows]

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(60)
            assert self.process.stdout
            self.process.stdout.close()
            self.process = None

    def admin(self, *words: str) -> dict[str, str]:
        """Run a `veritype-server` command."""
        ran = subprocess.run(
            [*SERVER, *words, "--data", str(self.folder), "--json"],
            capture_output=True,
            text=True,
            check=True,
            env=ENVIRONMENT,
        )
        answer: dict[str, str] = json.loads(ran.stdout)
        return answer


@dataclass(slots=True)
class ScriptedAgent:
    """The agent's own parts from the recorder on; its clock moves when the test says so."""

    server: RunningServer
    identity: Identity
    offer: ProjectOffer
    spool: Spool
    facts: SessionFacts
    recorder: Recorder
    shipper: Shipper
    transport: Transport
    now_us: int = 0
    sealed: list[Envelope] = field(default_factory=list)

    @property
    def delivery(self) -> Delivery:
        return Delivery(self.spool, self.shipper, self.transport, self.identity.key, AGENT_VERSION)

    def type(self, keys: int) -> None:
        """Type steadily, five keys a second, and seal what became due."""
        for _ in range(keys):
            self.now_us += SECOND_US // 5
            self.recorder.add(Keystroke(self.now_us, 90_000, 0, 2, 1))
            self.recorder.tick(clock(self.now_us))

    def seal(self, *, final: bool = False) -> Envelope:
        """Seal and spool a batch."""
        if final:
            self.recorder.clock_out(clock(self.now_us))
        counted = self.spool.losses()
        self.recorder.losses.put_back(counted)
        link = self.spool.session(self.facts.session).link
        envelope = self.recorder.seal(clock(self.now_us), link, self.identity.key, final=final)
        self.spool.add_batch(envelope, counted)
        self.sealed.append(envelope)
        return envelope

    def ship(self, seconds: float = 60.0) -> bool:
        """Deliver what waits; false if something is left."""
        return self.delivery.drain(seconds)


def clock(session_us: int) -> ClockReading:
    """All clocks of a machine that was booted an hour before the session."""
    monotonic_us = 3600 * SECOND_US + session_us
    return ClockReading(
        monotonic_us, monotonic_us, 1_790_000_000_000_000 + session_us, "UTC", 0, b"boot" * 4
    )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with one project and one trainer."""
    server = prepared_server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


def prepared_server(folder: Path) -> RunningServer:
    """A server's data folder with one project and one trainer; nothing runs yet."""
    folder.mkdir(exist_ok=True)
    server = RunningServer(folder / "data")
    server.admin("init", "--admin-password", "correct horse battery")
    policy = folder / "policy.json"
    policy.write_bytes(POLICY)
    server.admin("project", "add", "Project", "--policy", str(policy))
    server.admin("user", "add", "Tess Trainer", "--role", "trainer")
    return server


@pytest.fixture
def server(prepared: RunningServer) -> RunningServer:
    """The server, running."""
    if prepared.process is None:
        prepared.start()
    return prepared


@pytest.fixture
def make_agent(server: RunningServer, tmp_path: Path) -> Iterator[Callable[..., ScriptedAgent]]:
    """Makes an enrolled agent with an opened session that reaches the server at some URL."""
    made: list[ScriptedAgent] = []

    def make(url: str, person: str = "Tess Trainer") -> ScriptedAgent:
        code = server.admin("pair", person)["code"]
        identity = enrol(server.url, code, Transport(server.url))
        transport = Transport(url, identity.token, connect_s=5.0, read_s=5.0)
        offer = consented(Transport(server.url, identity.token))
        facts = SessionFacts(os.urandom(16), identity.device, offer.policy.version)
        spool = Spool(tmp_path / f"spool-{len(made)}.db")
        spool.add_session(facts.session, offer.project, offer.policy.version)
        shipper = Shipper(identity.server_key, cap_s=0.2, handovers=identity.handovers)
        agent = ScriptedAgent(
            server, identity, offer, spool, facts, Recorder(facts, clock(0)), shipper, transport
        )
        made.append(agent)
        assert agent.ship()
        return agent

    yield make
    for agent in made:
        agent.spool.close()
        agent.transport.close()


@pytest.fixture
def agent(server: RunningServer, make_agent: Callable[[str], ScriptedAgent]) -> ScriptedAgent:
    """An agent on the running server."""
    return make_agent(server.url)


def consented(transport: Transport) -> ProjectOffer:
    """Accept the only project's policy."""
    offer = decode_message(transport.get("/agent/v1/projects").body, Projects).projects[0]
    request = ConsentRequest(offer.project, offer.policy.version, offer.policy.digest())
    assert transport.post("/agent/v1/consents", encode_message(request)).ok
    return offer
