"""The spool is bounded by age and by size, and writes seldom."""

from pathlib import Path

import pytest

from agent.session.recorder import Recorder, SessionFacts
from agent.session.recording import Recording
from agent.spool.bounds import AGE_MAX_US, expire
from agent.spool.store import Spool
from tests.agent.conftest import POLICY, FakeClock
from wire.codes import LossReason, ObjectKind
from wire.events import Keystroke
from wire.signing import SigningKey

KEY = SigningKey.generate()
SESSION = b"s" * 16
DAY_US = 24 * 3600 * 1_000_000


@pytest.fixture
def recorder(spool: Spool, clock: FakeClock) -> Recorder:
    spool.add_session(SESSION, b"p" * 16, 1)
    spool.session_opened(SESSION, b"n" * 16)
    return Recorder(SessionFacts(SESSION, b"d" * 16, 1), clock())


def add_batch(spool: Spool, recorder: Recorder, clock: FakeClock) -> None:
    recorder.extend(Keystroke(number, 5, 0, 2, 1) for number in range(20))
    spool.add_batch(recorder.seal(clock(), spool.session(SESSION).link, KEY))


def refuse_next(spool: Spool) -> None:
    batch = spool.next_batch()
    assert batch is not None
    spool.set_aside(batch, "refused")


def test_old_pictures_and_notes_go_and_are_counted(spool: Spool, tmp_path: Path) -> None:
    now_us = 1_000 * DAY_US
    for number, age_us in enumerate((AGE_MAX_US + 1, AGE_MAX_US + DAY_US, AGE_MAX_US, 0)):
        kind = ObjectKind.NOTE if number == 1 else ObjectKind.IMAGE
        spool.add_object(SESSION, kind, bytes([number]) * 32, b"data", kept_us=now_us - age_us)
    assert expire(spool, tmp_path / "spool.db", now_us) == 2
    assert spool.losses() == {LossReason.OBJECT_EXPIRED: 2}
    assert expire(spool, tmp_path / "spool.db", now_us) == 0
    assert spool.losses() == {LossReason.OBJECT_EXPIRED: 2}


def test_old_refused_batches_go_and_batches_that_wait_stay_however_old(
    spool: Spool, recorder: Recorder, clock: FakeClock, tmp_path: Path
) -> None:
    add_batch(spool, recorder, clock)
    refuse_next(spool)
    add_batch(spool, recorder, clock)
    now_us = clock().wall_us
    assert expire(spool, tmp_path / "spool.db", now_us + AGE_MAX_US) == 0
    assert expire(spool, tmp_path / "spool.db", now_us + AGE_MAX_US + 1) == 1
    counts = spool.counts()
    assert (counts.batches_waiting, counts.batches_aside) == (1, 0)


def test_damaged_files_that_were_kept_go_with_time(spool: Spool, tmp_path: Path) -> None:
    now_us = 1_000 * DAY_US
    names = [f"spool.db.damaged-{(now_us - age) * 1000}" for age in (0, AGE_MAX_US + 1)]
    for name in (*names, f"{names[1]}-wal", "spool.db.damaged-mine"):
        (tmp_path / name).write_bytes(b"")
    assert expire(spool, tmp_path / "spool.db", now_us) == 2
    left = {path.name for path in tmp_path.glob("spool.db.damaged-*")}
    assert left == {names[0], "spool.db.damaged-mine"}


def test_pictures_go_before_refused_batches_and_those_before_notes(
    tmp_path: Path, clock: FakeClock
) -> None:
    spool = Spool(tmp_path / "small.db", max_bytes=4_000)
    spool.add_session(SESSION, b"p" * 16, 1)
    spool.session_opened(SESSION, b"n" * 16)
    recorder = Recorder(SessionFacts(SESSION, b"d" * 16, 1), clock())
    spool.add_object(SESSION, ObjectKind.NOTE, b"n" * 32, bytes(900))
    add_batch(spool, recorder, clock)
    refuse_next(spool)
    spool.add_object(SESSION, ObjectKind.IMAGE, b"i" * 32, bytes(1_500))
    seen = []
    for number in range(12):
        add_batch(spool, recorder, clock)
        counts = spool.counts()
        seen.append((counts.objects_waiting, counts.batches_aside))
        if number and not counts.objects_waiting:
            break
    in_order = list(dict.fromkeys(seen))
    assert in_order == [(2, 1), (1, 1), (1, 0), (0, 0)]
    assert spool.losses() == {LossReason.OBJECT_EXPIRED: 2}
    spool.close()


def test_ten_minutes_of_typing_write_no_more_than_the_sealed_batches(
    spool: Spool, recorder: Recorder, clock: FakeClock
) -> None:
    facts = SessionFacts(SESSION, b"d" * 16, 1)
    recording = Recording(facts, POLICY, clock(), spool, KEY)
    written: list[int] = []
    second = 0
    spool._db.set_trace_callback(
        lambda statement: written.append(second) if statement == "COMMIT" else None
    )
    for second in range(600):
        for key in range(10):
            recording._recorder.add(Keystroke(second * 1_000_000 + key * 100_000, 90_000, 0, 2, 1))
        recording.tick(clock.forward(1))
    spool._db.set_trace_callback(None)
    assert len(written) == len(set(written)) == 20
    (synchronous,) = spool._db.execute("PRAGMA synchronous").fetchone()
    (journal,) = spool._db.execute("PRAGMA journal_mode").fetchone()
    assert (synchronous, journal) == (2, "wal")
