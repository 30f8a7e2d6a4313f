import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.clock import read_clock
from agent.errors import SpoolRefused
from agent.session.recorder import Recorder, SessionFacts
from agent.spool.salvage import open_spool
from agent.spool.store import Spool
from wire.batch import Envelope, open_envelope
from wire.codes import LossReason, ObjectKind
from wire.events import Keystroke
from wire.messages import acknowledge
from wire.signing import SigningKey

KEY = SigningKey.generate()
SERVER_KEY = SigningKey.generate()
SESSION = b"s" * 16
PAGE_BYTES = 4096
FACTS = SessionFacts(SESSION, b"d" * 16, 1)


@pytest.fixture
def recorder(spool: Spool) -> Recorder:
    spool.add_session(SESSION, b"p" * 16, 1)
    spool.session_opened(SESSION, b"n" * 16)
    return Recorder(FACTS, read_clock())


def add(spool: Spool, recorder: Recorder, *, final: bool = False) -> Envelope:
    recorder.extend(Keystroke(number * 1000, 500, 0, 2, 1) for number in range(20))
    link = spool.session(SESSION).link
    envelope = recorder.seal(read_clock(), link, KEY, final=final)
    spool.add_batch(envelope)
    return envelope


def add_until_refused(spool: Spool, recorder: Recorder) -> None:
    for _ in range(100):
        add(spool, recorder)


def acknowledge_next(spool: Spool) -> int:
    batch = spool.next_batch()
    assert batch is not None
    receipt = acknowledge(
        session=batch.session,
        sequence=batch.sequence,
        digest=batch.digest,
        received_us=1_000 + batch.sequence,
        nonce=bytes([batch.sequence % 256]) * 16,
        policy_version=1,
        key=SERVER_KEY,
    )
    spool.acknowledged(receipt)
    return batch.sequence


def test_a_batch_goes_only_with_its_receipt(spool: Spool, recorder: Recorder) -> None:
    first, second = add(spool, recorder), add(spool, recorder)
    assert [row.digest for row in spool.waiting_batches(SESSION)] == [first.digest, second.digest]
    assert acknowledge_next(spool) == 0
    assert [row.digest for row in spool.waiting_batches(SESSION)] == [second.digest]
    assert spool.receipt_digest(SESSION, 0) == first.digest
    counts = spool.counts()
    assert (counts.batches_waiting, counts.receipts, counts.last_receipt_us) == (1, 1, 1_000)


def test_the_next_batch_is_anchored_at_the_last_receipt(spool: Spool, recorder: Recorder) -> None:
    add(spool, recorder)
    add(spool, recorder)
    acknowledge_next(spool)
    assert add(spool, recorder).header.anchor == 0
    assert spool.session(SESSION).link.nonce == bytes(16)


def test_the_file_is_for_its_owner_alone(spool: Spool, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "spool.db").stat().st_mode) == 0o600


def test_a_full_spool_drops_the_oldest_pictures_first_and_counts_all(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "small.db", max_bytes=3_000)
    spool.add_session(SESSION, b"p" * 16, 1)
    spool.session_opened(SESSION, b"n" * 16)
    recorder = Recorder(FACTS, read_clock())
    for number in range(3):
        spool.add_object(b"s" * 16, ObjectKind.IMAGE, bytes([number]) * 32, bytes(1_000))
    add(spool, recorder)
    row = spool.next_object()
    assert row is not None
    assert row.digest == b"\x01" * 32
    with pytest.raises(SpoolRefused) as caught:
        add_until_refused(spool, recorder)
    assert caught.value.reason == LossReason.SPOOL_FULL
    assert spool.next_object() is None
    assert spool.losses()[LossReason.OBJECT_EXPIRED] == 3
    spool.close()


def test_a_full_disk_is_refused_and_nothing_is_half_stored(
    spool: Spool, recorder: Recorder
) -> None:
    add(spool, recorder)
    # SQLite answers as it does on a full disk once it may take no more pages.
    spool._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(SpoolRefused) as caught:
        add_until_refused(spool, recorder)
    assert caught.value.reason == LossReason.DISK_FULL
    head = spool.session(SESSION).head
    assert head.sequence == spool.waiting_batches(SESSION)[-1].sequence


def test_the_same_picture_of_two_sessions_is_kept_for_both(spool: Spool) -> None:
    for session in (SESSION, b"t" * 16):
        spool.add_object(session, ObjectKind.IMAGE, b"o" * 32, b"picture")
    assert spool.counts().objects_waiting == 2
    row = spool.next_object()
    assert row is not None
    spool.object_stored(row)
    assert spool.counts().objects_waiting == 1


@pytest.mark.parametrize("junk", [b"not a database at all" * 300, b""])
def test_a_file_that_is_no_spool_is_moved_aside_and_counted(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(junk)
    spool, sentence = open_spool(path, 10_000_000)
    assert bool(sentence) == bool(junk)
    assert len(list(tmp_path.glob("spool.db.damaged-*"))) == bool(junk)
    assert spool.next_batch() is None
    spool.close()


def test_whichever_page_is_damaged_what_still_reads_is_saved(
    tmp_path: Path, spool: Spool, recorder: Recorder
) -> None:
    digests = [add(spool, recorder).digest for _ in range(40)]
    spool.close()
    sound = (tmp_path / "spool.db").read_bytes()
    kept_counts = []
    for page in range(1, len(sound) // PAGE_BYTES):
        path = tmp_path / f"damaged-{page}.db"
        at = page * PAGE_BYTES
        path.write_bytes(sound[:at] + os.urandom(PAGE_BYTES) + sound[at + PAGE_BYTES :])
        saved, sentence = open_spool(path, 100_000_000)
        kept = saved.waiting_batches(SESSION)
        losses = saved.losses()
        saved.close()
        assert {row.digest for row in kept} <= set(digests)
        assert bool(sentence) == (losses == {LossReason.SPOOL_DAMAGED: 1})
        assert sentence or len(kept) == 40
        kept_counts.append(len(kept))
    assert max(kept_counts) == 40
    assert sum(kept_counts) > 20 * len(kept_counts)


def test_an_edited_row_no_longer_holds(spool: Spool, recorder: Recorder, tmp_path: Path) -> None:
    add(spool, recorder)
    with sqlite3.connect(tmp_path / "spool.db") as editor:
        (sealed,) = editor.execute("SELECT sealed FROM batches").fetchone()
        editor.execute("UPDATE batches SET sealed = ?", (sealed[:-80] + b"\0" + sealed[-79:],))
    editor.close()
    row = spool.next_batch()
    assert row is not None
    assert not row.holds()


_WRITER = """
import sys
from pathlib import Path
from agent.clock import read_clock
from agent.session.recorder import Recorder, SessionFacts
from agent.spool.store import Spool
from wire.events import Keystroke
from wire.signing import SigningKey
session, key = b"s" * 16, SigningKey(bytes(32))
spool = Spool(Path(sys.argv[1]))
recorder = Recorder(SessionFacts(session, b"d" * 16, 1), read_clock())
while True:
    recorder.add(Keystroke(1, 2, 0, 2, 1))
    envelope = recorder.seal(read_clock(), spool.session(session).link, key)
    spool.add_batch(envelope)
    print(envelope.header.sequence, envelope.digest.hex(), flush=True)
"""


def test_what_was_spooled_survives_kill_9_at_random_moments(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path)
    spool.add_session(SESSION, b"p" * 16, 1)
    spool.session_opened(SESSION, b"n" * 16)
    spool.close()
    told: dict[int, str] = {}
    for _ in range(20):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(random.uniform(0, 0.05))
        writer.send_signal(signal.SIGKILL)
        lines = [first, *writer.stdout.read().splitlines()]
        writer.wait()
        writer.stdout.close()
        for line in lines:
            sequence, _, digest = line.strip().partition(" ")
            if len(digest) == 64:
                assert told.setdefault(int(sequence), digest) == digest
    spool = Spool(path)
    rows = spool.waiting_batches(SESSION)
    assert [row.sequence for row in rows] == list(range(len(rows)))
    assert told.items() <= {row.sequence: row.digest.hex() for row in rows}.items()
    previous = bytes(32)
    for row in rows:
        envelope = open_envelope(row.sealed)
        assert envelope.header.previous == previous
        previous = envelope.digest
    spool.close()
