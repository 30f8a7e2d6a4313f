"""A session that goes on for days while the server is down; every clock is simulated.

The recording, the spool, the shipper and the delivery are the agent's; the server is the tests'
small one without a socket, so that days pass in seconds.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent import AGENT_VERSION
from agent.clock import ClockReading
from agent.observations import FocusSeen, KeyHeld, PictureTaken
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.shipping.delivery import Delivery
from agent.shipping.shipper import BACKOFF_CAP_S, Shipper, Wait
from agent.shipping.transport import Answer, Transport
from agent.spool.store import Spool
from tests.agent.conftest import PlatformServer
from wire.codes import Category, LossReason, PauseReason, ScreenshotOutcome
from wire.events import Keystroke
from wire.keys import KeyClass
from wire.objects import object_digest
from wire.policy import Policy, Screenshots
from wire.signing import SigningKey

HOUR_S = 3600
DAY_S = 24 * HOUR_S
TICK_S = 4
"""As often as the recorder needs to hear that it is alive."""
PICTURE_EACH_S = 300
PICTURE_BYTES = 20_000
NIGHT_STEP_S = 60
"""The longest that the shipping thread sleeps."""
_BATCH_MAX_BYTES = 450
_SESSION = b"s" * 16
_SLACK_S = 2 * NIGHT_STEP_S
DOWN = Answer(failure="The server refuses connections: it seems to be down.")


class SimulatedClock:
    """All clocks of a machine that never sleeps."""

    def __init__(self) -> None:
        self.now_s = 10_000

    def __call__(self) -> ClockReading:
        now_us = self.now_s * 1_000_000
        wall_us = 1_790_000_000_000_000 + now_us
        return ClockReading(now_us, now_us, wall_us, "UTC", 0, b"b" * 16)


class SimulatedWay(Transport):
    """The way to a server that may be down."""

    def __init__(self, platform: PlatformServer) -> None:
        super().__init__("http://127.0.0.1:9")
        self._platform = platform
        self.up = True

    def post(self, path: str, body: bytes, content_type: str = "") -> Answer:
        """As `Transport.post`."""
        return self._platform.answered("POST", path, body) if self.up else DOWN

    def put(self, path: str, body: bytes, content_type: str) -> Answer:
        """As `Transport.put`."""
        return self._platform.answered("PUT", path, body) if self.up else DOWN


@dataclass(slots=True)
class Seen:
    """What happened, and what is wrong, a sentence each."""

    spooled: int = 0
    spool_bytes: int = 0
    tries: int = 0
    longest_wait_s: float = 0.0
    delivered: int = 0
    pictures_lost: int = 0
    wrong: list[str] = field(default_factory=list)


class _Outage:
    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.clock = SimulatedClock()
        self.platform = PlatformServer()
        self.key = SigningKey.generate()
        self.platform.device_key = self.key.verify_key
        self.way = SimulatedWay(self.platform)
        self.max_bytes = max_bytes
        self.spool = Spool(folder / "spool.db", max_bytes)
        shipper = Shipper(self.platform.key.verify_key, draw=random.Random(1).random)
        self.delivery = Delivery(
            self.spool, shipper, self.way, self.key, AGENT_VERSION, lambda: float(self.clock.now_s)
        )
        self.spool.add_session(_SESSION, self.platform.project, 1)
        self.delivery.step()
        policy = Policy(1, windows=(), screenshots=Screenshots(review_delay_s=0))
        facts = SessionFacts(_SESSION, self.platform.device, 1)
        self.recording = Recording(facts, policy, self.clock(), self.spool, self.key)
        self.seen = Seen()
        self.pictures = 0
        self._tried_s = self.clock.now_s

    def step(self) -> None:
        """As the shipping thread does when it wakes."""
        waited_s = self.clock.now_s - self._tried_s
        if isinstance(self.delivery.step().action, Wait):
            return
        self.seen.tries += 1
        self.seen.longest_wait_s = max(self.seen.longest_wait_s, waited_s)
        self._tried_s = self.clock.now_s

    def work(self, seconds: int) -> None:
        """Type and be photographed."""
        self._observe_focus()
        for elapsed_s in range(0, seconds, TICK_S):
            self.clock.now_s += TICK_S
            now_us = self.clock().monotonic_us
            for number in range(TICK_S * 2):
                at_us = now_us - number * 400_000
                self.recording.observe(KeyHeld(at_us, 90_000, KeyClass.LETTER, 0, 1))
            if elapsed_s % PICTURE_EACH_S == 0:
                self._photograph(now_us)
            if self.recording.tick(self.clock()):
                self.step()
                if self.spool.counts().bytes_used > self.max_bytes:
                    self.seen.wrong.append("the spool grew past its bound")

    def rest(self, seconds: int) -> None:
        """The night: paused."""
        self.recording.pause(self.clock(), PauseReason.BREAK)
        for _ in range(0, seconds, NIGHT_STEP_S):
            self.clock.now_s += NIGHT_STEP_S
            self.step()
        self.recording.resume(self.clock())

    def come_back(self) -> None:
        """The server is up again: everything must follow within the longest wait."""
        self.way.up = True
        back_s = self.clock.now_s
        while self.spool.counts().batches_waiting or self.spool.counts().objects_waiting:
            if isinstance(self.delivery.step().action, Wait):
                self.clock.now_s += 1
            if self.clock.now_s - back_s > BACKOFF_CAP_S + _SLACK_S:
                self.seen.wrong.append("the sending does not begin again when the server is back")
                return

    def _observe_focus(self) -> None:
        self.recording.observe(FocusSeen(self.clock().monotonic_us, Category.TASK, 1))

    def _photograph(self, now_us: int) -> None:
        data = os.urandom(PICTURE_BYTES)
        self.pictures += 1
        digest = object_digest(data)
        taken = ScreenshotOutcome.TAKEN
        self.recording.observe(PictureTaken(now_us, taken, 0, 10, 10, len(data), 1, digest, data))


def outage(
    folder: Path,
    days: int,
    hours_a_day: float,
    said: Callable[[int], None] = lambda _spooled: None,
) -> Seen:
    """Keep the server down for days of work, bring it back, and look at what it has."""
    work_s = int(hours_a_day * HOUR_S)
    batches = days * (work_s // 30 + 4)
    # Room for all batches and for a third of the pictures.
    pictures = days * (work_s // PICTURE_EACH_S + 1)
    story = _Outage(folder, batches * _BATCH_MAX_BYTES + pictures * PICTURE_BYTES // 3)
    try:
        story.way.up = False
        for _ in range(days):
            story.work(work_s)
            story.rest(DAY_S - work_s)
            said(story.spool.counts().batches_waiting)
        counts = story.spool.counts()
        story.seen.spooled, story.seen.spool_bytes = counts.batches_waiting, counts.bytes_used
        story.recording.clock_out(story.clock())
        story.come_back()
        _look(story)
    finally:
        story.spool.close()
    return story.seen


def _look(story: _Outage) -> None:
    batches = story.platform.batches.get(_SESSION, [])
    seen, wrong = story.seen, story.seen.wrong
    seen.delivered = len(batches)
    if [batch.header.sequence for batch in batches] != list(range(len(batches))):
        wrong.append("batches did not arrive in order, each once")
    if not batches or not batches[-1].header.final or seen.delivered < seen.spooled:
        wrong.append("batches are missing")
    if seen.longest_wait_s > BACKOFF_CAP_S + _SLACK_S:
        wrong.append("a wait was longer than the cap")
    keys = [event.t_us for batch in batches for event in batch.body.events(Keystroke)]
    if len(keys) != len(set(keys)):
        wrong.append("a key arrived twice")
    told = sum(batch.header.losses.get(LossReason.OBJECT_EXPIRED, 0) for batch in batches)
    seen.pictures_lost = story.pictures - len(story.platform.objects)
    if not 0 < told == seen.pictures_lost:
        wrong.append(f"{seen.pictures_lost} pictures are missing and {told} are told")
    others = {reason for batch in batches for reason in batch.header.losses}
    if others - {LossReason.OBJECT_EXPIRED}:
        wrong.append(f"other losses were told: {others}")
