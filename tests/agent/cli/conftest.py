"""An enrolled device with a session behind it, asked by commands in this process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from click.testing import CliRunner, Result

from agent import AGENT_VERSION
from agent.cli.main import main
from agent.face import consents
from agent.identity import Identity, store_identity
from agent.paths import Paths
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.settings import Settings
from agent.shipping.delivery import Delivery
from agent.shipping.shipper import Shipper
from agent.shipping.transport import Transport
from agent.spool.store import Spool
from tests.agent.conftest import FakeClock, PlatformServer
from wire.messages import ProjectOffer

SESSION = b"s" * 16
Run = Callable[..., Result]


@dataclass
class Ledger:
    """A session whose batches a test seals and sends."""

    paths: Paths
    spool: Spool
    delivery: Delivery
    recording: Recording
    clock: FakeClock

    def work(self, seconds: int) -> None:
        """Be observed for so long; a batch is sealed each 30 seconds."""
        for _ in range(seconds):
            self.recording.tick(self.clock.forward(1))

    def send(self) -> None:
        assert self.delivery.drain(5)


@pytest.fixture
def ledger(
    home: Paths,
    identity: Identity,
    platform: PlatformServer,
    settings: Settings,
    clock: FakeClock,
) -> Iterator[Ledger]:
    store_identity(home, identity)
    offer = ProjectOffer(platform.project, "Essays", platform.policy, platform.policy.version)
    consents.give(home, offer, 1)
    spool = Spool(home.spool)
    spool.add_session(SESSION, platform.project, platform.policy.version)
    transport = Transport(identity.server, identity.token, 1, 1)
    shipper = Shipper(identity.server_key, settings.retry_cap_s)
    delivery = Delivery(spool, shipper, transport, identity.key, AGENT_VERSION)
    assert delivery.drain(5)
    facts = SessionFacts(SESSION, identity.device, platform.policy.version)
    recording = Recording(facts, platform.policy, clock(), spool, identity.key)
    yield Ledger(home, spool, delivery, recording, clock)
    spool.close()
    transport.close()


@pytest.fixture
def run() -> Run:
    """Run a `veritype` command; `fails` is the exit code that is due."""

    def invoke(*arguments: str, fails: int = 0) -> Result:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == fails, result.output
        return result

    return invoke
