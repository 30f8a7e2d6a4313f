"""The server's key is rotated under a recording agent: nothing is lost, every receipt holds."""

import json
from pathlib import Path

import httpx
import msgspec

from agent.face.receipts import check, receipt_file
from agent.identity import Enrolled
from agent.paths import Paths
from agent.server_keys import keep_handovers, read_handovers
from agent.shipping.delivery import Delivery
from agent.shipping.shipper import FetchKeys, Kept, KeysLearned, Shipper
from agent.shipping.transport import Answer
from agent.spool.reading import SpoolReader
from server.clock import now_us
from server.operation.key_files import Kind, rotate
from tests.contract.conftest import RunningServer, ScriptedAgent
from wire.server_keys import KeyRing, PublishedKeys, hand_over
from wire.signing import SigningKey


def rotate_all(server: RunningServer) -> None:
    """As `keys rotate --in-minutes 0`, a second back so that the next look finds it in force."""
    for kind in (Kind.SIGNING, Kind.NONCE, Kind.COOKIE):
        rotate(server.folder / "keys", kind, now_us() - 1_000_000, now_us() - 2_000_000)
    server.stop()
    server.start()


def delivery(agent: ScriptedAgent, paths: Paths) -> Delivery:
    return Delivery(
        agent.spool,
        agent.shipper,
        agent.transport,
        agent.identity.key,
        "0.1.0",
        keys_learned=lambda handovers: keep_handovers(paths, handovers),
    )


def receipts_of(agent: ScriptedAgent, ring: KeyRing) -> list[str]:
    enrolled = Enrolled(
        agent.identity.server, agent.identity.device, "", ring.pinned, False, ring.handovers
    )
    reader = SpoolReader(agent.spool._path)
    try:
        file = receipt_file(reader, Paths(Path("/nowhere")), enrolled)
    finally:
        reader.close()
    return [sentence for each in file.sessions for sentence in check(each, ring).wrong]


def test_receipts_of_both_keys_hold_and_the_session_goes_on(
    server: RunningServer, agent: ScriptedAgent, tmp_path: Path
) -> None:
    paths = Paths(tmp_path)
    agent.type(20)
    agent.seal()
    assert delivery(agent, paths).drain(60)
    agent.type(20)
    agent.seal()  # Its nonce is of the old secret.
    rotate_all(server)
    assert delivery(agent, paths).drain(60)
    agent.type(20)
    agent.seal(final=True)
    assert delivery(agent, paths).drain(60)
    handovers = read_handovers(paths)
    ring = KeyRing(agent.identity.server_key, handovers)
    rows = agent.spool.rows("SELECT message FROM receipts ORDER BY sequence")
    ids = {json.loads(message)["server_key_id"] for (message,) in rows}
    assert len(rows) == 3
    assert len(ids) == 2
    assert receipts_of(agent, ring) == []
    assert receipts_of(agent, KeyRing(ring.pinned)) != []
    published = httpx.get(f"{server.url}/.well-known/veritype-keys", timeout=120).json()
    shown = {each["public_key"] for each in published["keys"]}
    assert set(ring.keys) <= shown
    assert published["keys"][-1]["valid_until"] is None


def test_a_key_that_nobody_vouched_for_is_not_taken(
    server: RunningServer, agent: ScriptedAgent
) -> None:
    """A device that trusts another key keeps its batches, whatever the page says."""
    pinned = SigningKey.generate()
    agent.shipper = Shipper(pinned.verify_key, cap_s=0.2)
    agent.seal()
    assert not agent.ship(0.5)
    assert "did not vouch" in agent.shipper.last_error
    assert agent.spool.counts().batches_waiting == 1
    stranger = SigningKey.generate()
    page = PublishedKeys((hand_over(stranger, SigningKey.generate(), 5),))
    outcome = agent.shipper.answered(FetchKeys(), Answer(200, msgspec.json.encode(page)), 0.0)
    assert isinstance(outcome, Kept)
    page = PublishedKeys((hand_over(pinned, stranger, 5),))
    outcome = agent.shipper.answered(FetchKeys(), Answer(200, msgspec.json.encode(page)), 0.0)
    assert outcome == KeysLearned(page.handovers)


def test_keys_that_cannot_be_had_are_asked_for_again_later(agent: ScriptedAgent) -> None:
    for answer in (Answer(failure="down"), Answer(200, b"{"), Answer(500)):
        assert isinstance(agent.shipper.answered(FetchKeys(), answer, 0.0), Kept)
