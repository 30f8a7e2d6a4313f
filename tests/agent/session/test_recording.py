"""A recording whose spool cannot be written: nothing ends, nothing is lost uncounted."""

import hashlib

import pytest

from agent.errors import SpoolRefused
from agent.identity import Identity
from agent.observations import PictureTaken, TextSubmittedSeen
from agent.paths import Paths
from agent.runner import Runner
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.settings import Settings
from agent.spool.store import Spool
from tests.agent.conftest import POLICY, FakeClock
from wire.batch import decode, open_envelope
from wire.codes import LossReason, ScreenshotOutcome
from wire.events import TextSubmitted
from wire.signing import SigningKey
from wire.textclass import pack_classes

SESSION = b"s" * 16
PICTURE = PictureTaken(
    0, ScreenshotOutcome.TAKEN, 0, 1, 1, 48_000, 0, b"o" * 32, b"RIFF....WEBP" * 4_000
)


@pytest.fixture
def recording(spool: Spool, clock: FakeClock) -> Recording:
    spool.add_session(SESSION, b"p" * 16, 3)
    spool.session_opened(SESSION, b"n" * 16)
    facts = SessionFacts(SESSION, b"d" * 16, 3)
    return Recording(facts, POLICY, clock(), spool, SigningKey.generate(), 2_000_000)


def told(spool: Spool) -> list[dict[int, int]]:
    """The losses in each header that was stored."""
    rows = spool.waiting_batches(SESSION)
    return [dict(open_envelope(row.sealed).header.losses) for row in rows]


def due(recording: Recording, clock: FakeClock) -> bool:
    recording.tick(clock.forward(1))
    return recording.tick(clock.forward(1))


def fill(spool: Spool, *, full: bool) -> None:
    # SQLite answers as it does on a full disk once it may take no more pages.
    spool._db.execute(f"PRAGMA max_page_count = {1 if full else 1_000_000}")


def test_counted_losses_go_only_with_the_batch_that_tells_them(
    recording: Recording, spool: Spool, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    spool.count_loss(LossReason.OBJECT_EXPIRED, 3)
    with monkeypatch.context() as patch:
        patch.setattr(spool, "add_batch", killed)
        with pytest.raises(KeyboardInterrupt):
            due(recording, clock)
    assert spool.losses() == {LossReason.OBJECT_EXPIRED: 3}
    assert due(recording, clock)
    assert told(spool) == [{LossReason.OBJECT_EXPIRED: 3}]
    assert spool.losses() == {}


def test_a_loss_counted_meanwhile_waits_for_the_next_header(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    spool.count_loss(LossReason.OBJECT_EXPIRED, 3)
    reported = spool.losses()
    spool.count_loss(LossReason.OBJECT_EXPIRED, 2)
    assert due(recording, clock)
    assert told(spool) == [{LossReason.OBJECT_EXPIRED: 5}]
    assert reported == {LossReason.OBJECT_EXPIRED: 3}


def test_a_full_disk_raises_nothing_and_counts_nothing_twice(
    recording: Recording, spool: Spool, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise SpoolRefused(LossReason.DISK_FULL, "the disk is full")

    spool.count_loss(LossReason.OBJECT_EXPIRED, 3)
    with monkeypatch.context() as patch:
        patch.setattr(spool, "add_batch", refused)
        patch.setattr(spool, "count_loss", refused)
        assert not due(recording, clock)
    assert due(recording, clock)
    (losses,) = told(spool)
    assert losses[LossReason.OBJECT_EXPIRED] == 3
    assert losses[LossReason.DISK_FULL] >= 1


def test_a_picture_that_cannot_be_stored_is_counted_without_the_spool(
    recording: Recording, spool: Spool, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise SpoolRefused(LossReason.DISK_FULL, "the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(spool, "count_loss", refused)
        fill(spool, full=True)
        assert not recording.keep(PICTURE)
        fill(spool, full=False)
    assert due(recording, clock)
    assert told(spool) == [{LossReason.DISK_FULL: 1}]


class Nobody:
    """A control socket that nobody asks."""

    def __init__(self) -> None:
        self.turns = 0

    def accept(self, _seconds: float) -> None:
        self.turns += 1


def test_a_tick_that_fails_is_said_and_the_next_one_comes(
    home: Paths, identity: Identity, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, nobody = Runner(home, identity, settings), Nobody()

    def tick() -> None:
        if nobody.turns == 3:
            runner.stop()
        raise SpoolRefused(LossReason.DISK_FULL, "the disk is full")

    monkeypatch.setattr(runner._attendance, "tick", tick)
    runner._serve(nobody)  # type: ignore[arg-type]
    assert nobody.turns == 3
    assert runner.status().trouble == (
        "Storing what is recorded failed (the disk is full); it is tried again.",
    )


def test_the_classes_of_a_submitted_text_are_stored_and_named(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    packed = pack_classes("aaa 0.")
    recording.observe(TextSubmittedSeen(clock.now_us, 1, 0, 6, packed))
    assert due(recording, clock)
    row = spool.next_object()
    assert row is not None
    assert (row.data, row.digest) == (packed, hashlib.sha256(packed).digest())
    (stored,) = spool.waiting_batches(SESSION)
    (event,) = decode(open_envelope(stored.sealed)).body.events(TextSubmitted)
    assert event.digest_0 == int.from_bytes(row.digest[:8], "big")
