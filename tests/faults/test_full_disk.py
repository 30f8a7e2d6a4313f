"""A disk that is full while a session is recorded: the kernel refuses, the agent counts."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.clock import ClockReading
from agent.observations import FocusSeen, KeyHeld
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.spool.salvage import open_spool
from agent.spool.store import Spool
from wire.batch import decode, open_envelope
from wire.codes import Category, LossReason
from wire.events import Keystroke
from wire.keys import KeyClass
from wire.policy import Policy
from wire.signing import SigningKey

SESSION = b"s" * 16
SECOND_US = 1_000_000
FULL_BYTES = 256 * 1024


@contextmanager
def full_disk(size_bytes: int) -> Iterator[None]:
    """No file of this process may grow past a size: needs no rights and no other file system."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Typing:
    """A session that types four keys a second, by a clock of its own."""

    def __init__(self, spool: Spool) -> None:
        self.now_us = 3_600 * SECOND_US
        self.pressed = 0
        spool.add_session(SESSION, b"p" * 16, 1)
        spool.session_opened(SESSION, b"n" * 16)
        facts, policy = SessionFacts(SESSION, b"d" * 16, 1), Policy(1, windows=())
        self.recording = Recording(facts, policy, self.clock(), spool, SigningKey.generate())
        self.recording.observe(FocusSeen(self.now_us, Category.TASK, 1))

    def clock(self) -> ClockReading:
        wall_us = 1_790_000_000 * SECOND_US + self.now_us
        return ClockReading(self.now_us, self.now_us, wall_us, "UTC", 0, b"b" * 16)

    def type(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now_us += SECOND_US
            for quarter in range(4):
                at_us = self.now_us - quarter * SECOND_US // 4
                self.recording.observe(KeyHeld(at_us, 90_000, KeyClass.LETTER, 0, 1))
                self.pressed += 1
            self.recording.tick(self.clock())


def test_what_a_full_disk_costs_is_told_to_the_event_and_the_rest_is_whole(
    tmp_path: Path,
) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path)
    typing = Typing(spool)
    typing.type(120)
    before = spool.counts().batches_waiting
    with full_disk(FULL_BYTES):
        typing.type(3_600)
    kept_when_full = spool.counts().batches_waiting
    typing.type(120)
    typing.recording.clock_out(typing.clock())
    spool.close()

    again, trouble = open_spool(path, 100_000_000)
    batches = [decode(open_envelope(row.sealed)) for row in again.waiting_batches(SESSION)]
    again.close()
    assert not trouble
    assert before < kept_when_full < len(batches)
    assert [batch.header.sequence for batch in batches] == list(range(len(batches)))
    assert batches[-1].header.final
    keys = sum(len(batch.body.events(Keystroke)) for batch in batches)
    lost = sum(batch.header.losses.get(LossReason.DISK_FULL, 0) for batch in batches)
    missing = typing.pressed - keys
    # The lost batches held the missing keys and a few other events.
    assert 0 < missing <= lost < 1.1 * missing
