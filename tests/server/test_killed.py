"""Killed over and over under load, the server has all that it acknowledged, and scored it once."""

import contextlib
import random
import secrets
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import msgspec

from server.compaction.reading import stored_batches
from server.records import SessionState
from tests.server.device import Chain, Device
from tests.server.house import House, browsing
from tests.server.server_to_kill import ServerToKill, scorer, server_to_kill
from tests.server.storages import EMBEDDED, SHARED
from wire.batch import Envelope, decode, open_envelope
from wire.chain import ChainHead, follow
from wire.messages import Acknowledgement, SessionGrant

KILLS = {EMBEDDED: 20, SHARED: 6}
SCORER_KILLED = (7, 14)
"""Before these kills of the server the scorer is killed too."""
HANDS = 8
SEED = 9
ACKNOWLEDGED_MAX = 400
"""So many batches at most are acknowledged before the next kill."""
LATER_MAX_S = 0.02
"""The kill comes up to so long after the last of them: in a commit, between two, anywhere."""
SESSION_BATCHES = (60, 240)
SCORED_S = 120.0


@dataclass
class Story:
    """A session that is to end with its batch number `length`, and the receipts of its batches."""

    chain: Chain
    length: int
    receipts: list[Acknowledgement] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return len(self.receipts) == self.length


@dataclass
class Hand:
    """A device that works one session after the other; what was cut off is sent again."""

    device: Device
    rng: random.Random
    stories: list[Story] = field(default_factory=list)
    opening: bytes = b""
    pending: Envelope | None = None

    def work_until_cut_off(self, address: str, kill: "Kill") -> None:
        # A server that is only slow must not end the work: then nobody would kill it.
        with browsing(address, 120) as client:
            self.device.client = client
            with contextlib.suppress(httpx.NetworkError, httpx.ProtocolError):
                while True:
                    self.go_on()
                    kill.one_more()

    def close(self, address: str) -> None:
        with browsing(address, 120) as client:
            self.device.client = client
            while self.opening or not self.stories[-1].over:
                self.go_on()

    def go_on(self) -> None:
        if self.opening or not self.stories or self.stories[-1].over:
            self._open()
        else:
            self._post(self.stories[-1])

    def _open(self) -> None:
        self.opening = self.opening or secrets.token_bytes(16)
        grant = msgspec.json.decode(self.device.open(self.opening).content, type=SessionGrant)
        chain = Chain(self.device, grant.session, grant.nonce)
        self.stories.append(Story(chain, self.rng.randrange(*SESSION_BATCHES)))
        self.opening = b""

    def _post(self, story: Story) -> None:
        final = len(story.receipts) + 1 == story.length
        self.pending = self.pending or story.chain.seal(final=final)
        answer = self.device.post(self.pending.sealed)
        receipt = story.chain.accept(self.pending, answer)
        assert receipt.digest == self.pending.digest
        story.receipts.append(receipt)
        self.pending = None


class Kill:
    """Kills a server a drawn moment after a drawn number of acknowledgements."""

    def __init__(self, server: ServerToKill, rng: random.Random) -> None:
        self._left = rng.randrange(1, ACKNOWLEDGED_MAX)
        self._kill = threading.Timer(rng.uniform(0, LATER_MAX_S), server.kill)
        self._lock = threading.Lock()

    def one_more(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._kill.start()


def test_killed_over_and_over_it_loses_nothing_acknowledged_and_scores_all_once(
    house: House, storage: str
) -> None:
    rng = random.Random(SEED)
    hands: list[Hand] = []
    with contextlib.ExitStack() as scorers, ThreadPoolExecutor(HANDS) as pool:
        scoring = scorers.enter_context(scorer(house.path))
        for number in range(KILLS[storage]):
            if number in SCORER_KILLED:
                scoring.kill()
                scoring = scorers.enter_context(scorer(house.path))
            with server_to_kill(house.path) as server:
                hands = hands or enrolled(house, server.address, rng)
                kill = Kill(server, rng)
                working = [
                    pool.submit(hand.work_until_cut_off, server.address, kill) for hand in hands
                ]
                assert [future.exception() for future in working] == [None] * HANDS
                assert server.ended() == -signal.SIGKILL
        with server_to_kill(house.path) as server:
            closing = [pool.submit(hand.close, server.address) for hand in hands]
            assert [future.exception() for future in closing] == [None] * HANDS
        stories = [story for hand in hands for story in hand.stories]
        wait_until_scored(house, stories)
    for story in stories:
        check(house, story)
    assert house.rows("sessions") == house.rows("assessments") == len(stories)
    assert house.installation.store.check() == []


def enrolled(house: House, address: str, rng: random.Random) -> list[Hand]:
    """Hands with devices of their own."""
    hands = []
    with browsing(address) as client:
        for _ in range(HANDS):
            device = Device(client)
            device.enrol(house.administration.pair(house.trainer.name))
            assert device.consent().status_code == 200
            hands.append(Hand(device, random.Random(rng.random())))
    return hands


def wait_until_scored(house: House, stories: list[Story]) -> None:
    until = time.monotonic() + SCORED_S
    waiting = [story.chain.session for story in stories]
    while waiting:
        assert time.monotonic() < until, f"{len(waiting)} of {len(stories)} were not scored"
        lines = [house.own.line(session) for session in waiting]
        waiting = [line.id for line in lines if line and line.state is not SessionState.SCORED]
        time.sleep(0.05)


def check(house: House, story: Story) -> None:
    """What is stored of a session is what was acknowledged: an unbroken chain, read to its end."""
    entry = house.own.session(story.chain.session)
    assert entry is not None
    objects = house.installation.objects
    stored = stored_batches(house.own, objects, entry.organisation, entry.row)
    acknowledged = [(receipt.sequence, receipt.digest) for receipt in story.receipts]
    assert [(batch.sequence, batch.digest) for batch in stored] == acknowledged
    head = ChainHead()
    for batch, receipt in zip(stored, story.receipts, strict=True):
        receipt.verify(story.chain.device.server_key)
        envelope = open_envelope(batch.sealed)
        assert envelope.digest == batch.digest
        decode(envelope)
        head = follow(head, envelope)
    assert head == house.own.head(entry.row)
    assert head.closed
