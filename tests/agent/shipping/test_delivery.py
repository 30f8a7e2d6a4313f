"""Spool, shipper and transport together, against a real server over a socket."""

import sqlite3
from pathlib import Path

import pytest

from agent import AGENT_VERSION
from agent.clock import read_clock
from agent.errors import AgentError
from agent.face.client import wait_until_sent
from agent.identity import Identity
from agent.paths import Paths
from agent.session.recorder import Recorder, SessionFacts
from agent.settings import Settings
from agent.shipping.delivery import Delivery
from agent.shipping.shipper import Kept, Shipper, Wait
from agent.shipping.transport import Transport
from agent.spool.store import Spool
from tests.agent.conftest import PlatformServer
from wire.codes import LossReason, ObjectKind
from wire.events import Keystroke
from wire.objects import object_digest

SESSION = b"s" * 16


class Device:
    """One session on one device."""

    def __init__(self, spool: Spool, identity: Identity, settings: Settings) -> None:
        self.spool = spool
        self.identity = identity
        self.shipper = Shipper(identity.server_key, settings.retry_cap_s)
        self.transport = Transport(identity.server, identity.token, 1, 1)
        self.delivery = Delivery(spool, self.shipper, self.transport, identity.key, AGENT_VERSION)
        facts = SessionFacts(SESSION, identity.device, 3)
        self.recorder = Recorder(facts, read_clock())

    def open(self, platform: PlatformServer) -> None:
        self.spool.add_session(SESSION, platform.project, 3)
        assert self.delivery.drain(5)

    def add(self, rows: int = 5) -> None:
        self.recorder.extend(Keystroke(1, 5, 0, 2, 1) for _ in range(rows))
        link = self.spool.session(SESSION).link
        self.spool.add_batch(self.recorder.seal(read_clock(), link, self.identity.key))


@pytest.fixture
def device(
    spool: Spool, identity: Identity, settings: Settings, platform: PlatformServer
) -> Device:
    made = Device(spool, identity, settings)
    made.open(platform)
    return made


def losses(platform: PlatformServer) -> dict[int, int]:
    total: dict[int, int] = {}
    for batch in platform.batches.get(SESSION, []):
        for reason, count in batch.header.losses.items():
            total[reason] = total.get(reason, 0) + count
    return total


def sequences(platform: PlatformServer) -> list[int]:
    return [batch.header.sequence for batch in platform.batches.get(SESSION, [])]


def test_all_is_delivered_in_order(device: Device, platform: PlatformServer) -> None:
    for _ in range(5):
        device.add()
    assert device.delivery.drain(5)
    assert sequences(platform) == [0, 1, 2, 3, 4]
    assert device.spool.counts().receipts == 5


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        ("500", "The server answered 500."),
        ("503", "The server answered 503."),
        ("cut", "The server closed the connection without a whole answer."),
        ("hang", "The server took the request and did not answer in time."),
        ("half", "answer broke off"),
        ("wrong-ack", "The server's receipt does not hold; the batch is kept."),
        ("bad-signature", "The server's receipt does not hold; the batch is kept."),
        ("receipt for another", "The server's receipt is for something else; the batch is kept."),
        ("429", "The server answered 429: Too many at once."),
        ("413 of a proxy", "The server answered 413."),
    ],
)
def test_a_misbehaving_server_loses_nothing_and_is_named(
    device: Device, platform: PlatformServer, mood: str, says: str
) -> None:
    device.add()
    platform.mood = mood
    step = device.delivery.step()
    assert isinstance(step.outcome, Kept)
    assert says in device.shipper.last_error
    assert device.spool.counts().batches_waiting == 1
    platform.mood = "good"
    device.shipper.retry_now()
    assert device.delivery.drain(5)
    assert sequences(platform) == [0]
    assert device.shipper.last_error == ""


def test_too_many_requests_are_not_repeated_before_the_server_said(
    device: Device, platform: PlatformServer
) -> None:
    device.add()
    platform.mood, platform.moods_left = "429", 1
    assert isinstance(device.delivery.step().outcome, Kept)
    wait = device.delivery.step().action
    assert isinstance(wait, Wait)
    assert wait.seconds is not None
    # Its own wait would be a tenth of a second.
    assert 0.2 < wait.seconds <= 2.0
    assert sequences(platform) == []


def test_a_batch_too_large_for_the_server_is_put_aside_counted_and_the_rest_arrives(
    device: Device, platform: PlatformServer
) -> None:
    device.add(9)
    device.add(1)
    platform.mood, platform.moods_left = "413", 1
    assert device.delivery.drain(5)
    assert sequences(platform) == [0]
    assert losses(platform) == {LossReason.REFUSED_BY_SERVER: 9 + 1}  # and the clock-in


def test_a_server_that_is_down_is_tried_again(device: Device, platform: PlatformServer) -> None:
    platform.down()
    device.transport.close()
    device.add()
    assert not device.delivery.drain(0.3)
    assert "refuses connections" in device.shipper.last_error
    platform.up()
    assert device.delivery.drain(5)
    assert sequences(platform) == [0]


def test_a_batch_resent_after_a_lost_receipt_is_stored_once(
    device: Device, platform: PlatformServer
) -> None:
    device.add()
    device.add()
    platform.mood, platform.moods_left = "half", 1
    assert device.delivery.drain(5)
    assert sequences(platform) == [0, 1]


def test_an_edited_batch_is_put_aside_counted_and_chained_over(
    device: Device, platform: PlatformServer, tmp_path: Path
) -> None:
    for _ in range(4):
        device.add(7)
    with sqlite3.connect(tmp_path / "spool.db") as editor:
        query = "SELECT sealed FROM batches WHERE sequence = 1"
        sealed = bytearray(editor.execute(query).fetchone()[0])
        sealed[-70] ^= 1
        editor.execute("UPDATE batches SET sealed = ? WHERE sequence = 1", (bytes(sealed),))
    editor.close()
    assert device.delivery.drain(5)
    device.add()
    assert device.delivery.drain(5)
    assert sequences(platform) == [0, 1, 2, 3]
    assert losses(platform) == {LossReason.SPOOL_DAMAGED: 7}
    assert device.spool.counts().batches_aside == 1


def test_a_batch_refused_for_good_is_counted_and_the_rest_arrives(
    device: Device, platform: PlatformServer
) -> None:
    device.add(9)
    device.add()
    platform.device_key, right = platform.key.verify_key, platform.device_key
    device.delivery.step()
    assert "422" in device.shipper.last_error
    platform.device_key = right
    assert device.delivery.drain(5)
    assert sequences(platform) == [0]
    assert losses(platform) == {LossReason.REFUSED_BY_SERVER: 9 + 1}  # and the clock-in


def test_a_server_set_back_to_an_older_state_gets_a_chain_that_fits(
    device: Device, platform: PlatformServer
) -> None:
    device.add()
    assert device.delivery.drain(5)
    older = platform.heads[SESSION]
    device.add()
    assert device.delivery.drain(5)
    platform.heads[SESSION] = older
    platform.batches[SESSION].pop()
    device.add()
    assert device.delivery.drain(5)
    assert sequences(platform) == [0, 1]
    assert losses(platform) == {LossReason.REFUSED_BY_SERVER: 1}


def test_a_session_that_the_server_does_not_know_is_stuck_kept_and_counted(
    device: Device, platform: PlatformServer
) -> None:
    device.add(5)
    device.add(3)
    platform.heads.clear()
    device.delivery.step()
    assert device.spool.session(SESSION).stuck
    counts = device.spool.counts()
    assert (counts.batches_waiting, counts.batches_aside, counts.aside_newest) == (0, 2, 2)
    assert counts.aside_why == device.spool.session(SESSION).stuck
    assert device.spool.losses() == {LossReason.REFUSED_BY_SERVER: 5 + 1 + 3}  # and the clock-in
    device.spool.session_stuck(SESSION, "once more")
    assert device.spool.losses() == {LossReason.REFUSED_BY_SERVER: 9}


def test_waiting_for_a_refused_session_says_what_lies_aside_and_why(
    home: Paths, identity: Identity, settings: Settings, platform: PlatformServer
) -> None:
    device = Device(Spool(home.spool), identity, settings)
    device.open(platform)
    device.add()
    platform.heads.clear()
    assert device.delivery.drain(5)
    device.spool.close()
    with pytest.raises(AgentError, match=r"1 batch lies aside .*: The server answered 404"):
        wait_until_sent(home, settings, identity.server, 1)
    newer = Spool(home.spool)
    newer.add_session(b"t" * 16, platform.project, 3)
    newer.close()
    status = wait_until_sent(home, settings, identity.server, 1)
    assert (status.spool.batches_aside, status.spool.aside_newest) == (1, 0)


def test_pictures_follow_the_batches(device: Device, platform: PlatformServer) -> None:
    picture = b"RIFF....WEBPVP8 picture"
    digest = object_digest(picture)
    device.spool.add_object(b"s" * 16, ObjectKind.IMAGE, digest, picture)
    device.add()
    assert device.delivery.drain(5)
    assert platform.objects == {digest.hex(): picture}
    assert device.spool.counts().objects_waiting == 0
