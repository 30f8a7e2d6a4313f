"""Blanking, from the trainer's word to what the server is told."""

import io

import pytest
from PIL import Image

from agent import AGENT_VERSION
from agent.errors import ControlFailed
from agent.identity import Identity
from agent.session.blanking import blank_picture
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.settings import Settings
from agent.shipping.delivery import Delivery
from agent.shipping.shipper import Shipper
from agent.shipping.transport import Transport
from agent.spool.blankings import picture_bytes, waiting_pictures
from agent.spool.store import Spool
from tests.agent.conftest import POLICY, FakeClock, PlatformServer
from wire.codes import ObjectKind
from wire.events import Blanking
from wire.objects import object_digest

SESSION = b"s" * 16


def picture(colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "WEBP", quality=60)
    return out.getvalue()


@pytest.fixture
def delivery(
    spool: Spool, identity: Identity, settings: Settings, platform: PlatformServer
) -> Delivery:
    transport = Transport(identity.server, identity.token, 1, 1)
    shipper = Shipper(identity.server_key, settings.retry_cap_s)
    made = Delivery(spool, shipper, transport, identity.key, AGENT_VERSION)
    spool.add_session(SESSION, platform.project, 3)
    assert made.drain(5)
    return made


@pytest.fixture
def recording(spool: Spool, identity: Identity, clock: FakeClock, delivery: Delivery) -> Recording:
    facts = SessionFacts(SESSION, identity.device, 3)
    data = picture()
    made = Recording(facts, POLICY, clock(), spool, identity.key, 2_000_000)
    spool.add_object(SESSION, ObjectKind.IMAGE, object_digest(data), data, 60_000_000)
    return made


def number(spool: Spool) -> int:
    (waiting,) = waiting_pictures(spool)
    return waiting.number


def parts(digest: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(digest[at : at + 8], "big") for at in range(0, 32, 8))


def test_in_a_session_that_records_an_event_of_the_chain_says_so(
    spool: Spool,
    recording: Recording,
    clock: FakeClock,
    delivery: Delivery,
    platform: PlatformServer,
) -> None:
    blank_picture(spool, number(spool), (), clock.forward(1), recording)
    assert delivery.drain(5)
    events = [e for batch in platform.batches[SESSION] for e in batch.body.events(Blanking)]
    named = (ObjectKind.IMAGE, *parts(object_digest(picture())), 0, 0, 0, 0)
    assert events == [Blanking(1_000_000, *named)]
    assert (platform.blankings, platform.objects) == ([], {})


def test_after_clock_out_a_signed_notice_says_so(
    spool: Spool,
    recording: Recording,
    clock: FakeClock,
    delivery: Delivery,
    platform: PlatformServer,
) -> None:
    recording.clock_out(clock.forward(1))
    blank_picture(spool, number(spool), (), clock.forward(60), None)
    assert delivery.drain(5)
    (notice,) = platform.blankings
    assert (notice.session, notice.digest) == (SESSION, object_digest(picture()))
    assert notice.kept == bytes(32)
    assert spool.counts().notices_waiting == 0
    assert platform.objects == {}


def test_part_of_a_picture_is_black_and_the_rest_is_as_it_was(
    spool: Spool, recording: Recording, clock: FakeClock
) -> None:
    blank_picture(spool, number(spool), [(0, 0, 32, 48)], clock.forward(1), recording)
    image = Image.open(io.BytesIO(picture_bytes(spool, number(spool)))).convert("L")
    assert image.size == (64, 48)
    blacked, kept = image.crop((0, 0, 24, 48)), image.crop((40, 0, 64, 48))
    assert max(blacked.tobytes()) < 12
    assert min(kept.tobytes()) > 50


@pytest.mark.parametrize("region", [(64, 0, 5, 5), (0, 48, 5, 5)])
def test_a_region_outside_the_picture_changes_nothing(
    spool: Spool, recording: Recording, clock: FakeClock, region: tuple[int, int, int, int]
) -> None:
    with pytest.raises(ControlFailed):
        blank_picture(spool, number(spool), [region], clock.forward(1), recording)
    assert picture_bytes(spool, number(spool)) == picture()


def test_the_delay_runs_while_the_trainer_works_and_not_while_idle(
    spool: Spool, recording: Recording, clock: FakeClock
) -> None:
    for _ in range(POLICY.idle_after_s + 100):
        recording.tick(clock.forward(1))
    (waiting,) = waiting_pictures(spool)
    assert waiting.review_left_us == 0, "an idle allowance is longer than this delay"
    data = picture((1, 200, 1))
    spool.add_object(SESSION, ObjectKind.IMAGE, object_digest(data), data, 60_000_000)
    for _ in range(100):
        recording.tick(clock.forward(1))
    assert waiting_pictures(spool)[1].review_left_us == 60_000_000
