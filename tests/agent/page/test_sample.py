"""The typing sample: kept, sent, deleted, and never more than numbers."""

import stat

import msgspec
import pytest

from agent.errors import ServerUnreachable
from agent.page.sample import CONSENT_TEXT, CONSENT_VERSION, Samples
from agent.paths import Paths
from agent.shipping.transport import Transport
from tests.agent.conftest import PlatformServer
from tests.agent.page.agent_loop import AgentLoop
from tests.agent.page.client import client_of
from wire.baseline import TypedKeys, TypingSample

KEYS = TypedKeys((0, 120_000), (80_000, 90_000), (0, 3))
SAMPLE = TypingSample(CONSENT_VERSION, 5, KEYS, KEYS)


@pytest.fixture
def samples(home: Paths, platform: PlatformServer) -> Samples:
    return Samples(home, lambda: Transport(platform.url, "token", 1, 1))


def test_a_sample_is_kept_for_this_user_alone_sent_and_deleted(
    samples: Samples, home: Paths, platform: PlatformServer
) -> None:
    assert samples.state().made_us is None
    samples.keep(SAMPLE)
    assert stat.S_IMODE(home.typing_sample.stat().st_mode) == 0o600
    state = samples.state()
    assert (state.made_us, state.keys, state.sent) == (5, 4, True)
    assert platform.samples == [SAMPLE]
    samples.delete()
    assert platform.samples == [SAMPLE, None]
    assert not home.typing_sample.exists()
    assert samples.state().made_us is None


def test_without_the_server_it_is_kept_and_sent_later_and_deleted_only_with_it(
    samples: Samples, home: Paths, platform: PlatformServer
) -> None:
    platform.down()
    with pytest.raises(ServerUnreachable):
        samples.keep(SAMPLE)
    assert (samples.state().keys, samples.state().sent) == (4, False)
    with pytest.raises(ServerUnreachable):
        samples.delete()
    assert home.typing_sample.exists()
    platform.up()
    samples.send()
    assert samples.state().sent
    assert platform.samples == [SAMPLE]


def test_the_page_takes_numbers_and_no_text(agent: AgentLoop, platform: PlatformServer) -> None:
    agent.server = platform.url
    client = client_of(agent.page.address())
    assert client.enter().status == 200
    body = msgspec.json.encode(SAMPLE)
    assert client.ask("POST", "/sample", body.replace(b'"made_us"', b'"text"')).status == 400
    assert platform.samples == []
    assert client.ask("POST", "/sample", body).status == 200
    assert client.ask("GET", "/sample").json()["sent"] is True
    assert client.do(do="sample-delete").status == 200
    assert client.ask("GET", "/sample").json()["consent"] == CONSENT_TEXT
    assert platform.samples == [SAMPLE, None]


def test_another_text_than_the_one_in_force_is_no_consent(agent: AgentLoop) -> None:
    client = client_of(agent.page.address())
    assert client.enter().status == 200
    body = msgspec.json.encode(msgspec.structs.replace(SAMPLE, consent_version=99))
    assert client.ask("POST", "/sample", body).status == 409
    assert client.ask("GET", "/sample").json()["made_us"] is None
