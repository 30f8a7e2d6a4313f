"""Sessions leave the log, and nobody who reads or sends again sees a difference."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.compaction.compactor import Compactor
from server.compaction.reading import opened_session, stored_batches
from server.compaction.verifying import verify_session
from server.console.timeline import timeline_of
from server.errors import NotKnown, OriginalDamaged
from server.privacy.sealed import SealedObjects
from server.privacy.vault import Vault
from server.records import Compacted, Role
from server.scoring.assessor import DetectorAssessor
from server.scoring.references import OwnTyping
from server.scoring.session import Scoring
from server.scoring.worker import Worker, do_next, work
from server.services.asking import Asker
from server.services.review import Review
from server.storage.protocols import ObjectStore
from tests.server.compaction.test_block import said
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import Typing
from tests.server.storages import ON_SQLITE
from tests.server.test_scoring import undecodable
from wire.batch import Envelope
from wire.chain import derive_nonce
from wire.messages import Acknowledgement, decode_message
from wire.signing import SigningKey, VerifyKey

Compact = Callable[[], bool]
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def assessor(one_thread: None) -> DetectorAssessor:
    return DetectorAssessor()


@pytest.fixture
def envelopes(
    chain: Chain, typing: Typing, house: House, assessor: DetectorAssessor
) -> list[Envelope]:
    """A session of three batches, sent, closed and scored."""
    sent = []
    for number in range(3):
        envelope = chain.seal(typing(number * 30_000_000, 150), final=number == 2)
        chain.accept(envelope, chain.device.post(envelope.sealed))
        sent.append(envelope)
    installation = house.installation
    scoring = Scoring(installation.store, installation.objects, assessor, installation.keys)
    assert do_next(installation.store, scoring, "test")
    return sent


@pytest.fixture
def compact(house: House) -> Compact:
    return Compactor(house.installation.store, house.installation.objects).do_next


def object_path(house: House, name: bytes | None) -> Path:
    assert name is not None, "it lies there sealed"
    return house.path / "objects" / "1" / name.hex()[:2] / name.hex()


def where(house: House) -> Compacted:
    found = house.own.compacted(1)
    assert found is not None
    return found


def shown(house: House, session: bytes) -> list[object]:
    """What an administrator is shown of a session."""
    review = Review(house.installation.store, house.installation.objects)
    asker = Asker(1, "admin", Role.ADMIN, house.auditor.id)
    drawn = timeline_of(review, asker, session.hex())
    return [review.session(asker, session.hex()), drawn]


def test_nobody_who_reads_sees_a_difference(
    house: House,
    chain: Chain,
    envelopes: list[Envelope],
    compact: Compact,
    assessor: DetectorAssessor,
) -> None:
    store, objects = house.own, house.installation.objects
    before = opened_session(store, objects, 1, 1), shown(house, chain.session)
    own = OwnTyping()
    head, policy = store.head(1), store.projects()[0].policy
    assert compact()
    assert house.rows("batches") == 0
    after = opened_session(store, objects, 1, 1)
    assert said(after) == said(before[0])
    assert shown(house, chain.session) == before[1]
    assert assessor.assess(after, policy, {}, own) == assessor.assess(before[0], policy, {}, own)
    assert [batch.sealed for batch in stored_batches(store, objects, 1, 1)] == [
        envelope.sealed for envelope in envelopes
    ]
    assert store.head(1) == head
    assert not compact(), "once"
    assert house.installation.store.of(2).compacted(1) is None


@pytest.mark.usefixtures("envelopes")
def test_both_objects_are_among_those_that_a_backup_takes(house: House, compact: Compact) -> None:
    assert compact()
    listed = set(house.installation.store.listed_objects())
    assert {(1, where(house).original_name), (1, where(house).block_name)} <= listed


def test_batch_that_is_sent_again_gets_its_receipt_again(
    house: House, chain: Chain, envelopes: list[Envelope], compact: Compact
) -> None:
    device = chain.device
    before = [device.post(envelope.sealed).content for envelope in envelopes]
    assert compact()
    answers = [device.post(envelope.sealed) for envelope in envelopes]
    assert [answer.content for answer in answers] == before
    server_key = VerifyKey(device.enrolled.server_key)
    for answer, envelope in zip(answers, envelopes, strict=True):
        receipt = decode_message(answer.content, Acknowledgement)
        receipt.verify(server_key)
        assert receipt.digest == envelope.digest
    nonce = derive_nonce(house.installation.keys.nonce_secret, chain.session, 0)
    fork = replace(chain, sequence=1, previous=envelopes[0].digest, anchor=0, nonce=nonce).seal()
    assert device.post(fork.sealed).status_code == 409
    assert device.post(chain.seal(sequence=9).sealed).status_code == 409


def test_quarantined_batch_stays_quarantined(
    chain: Chain, house: House, assessor: DetectorAssessor, compact: Compact
) -> None:
    damaged = undecodable(chain)
    chain.accept(damaged, chain.device.post(damaged.sealed))
    chain.send(final=True)
    installation = house.installation
    scoring = Scoring(installation.store, installation.objects, assessor, installation.keys)
    assert do_next(installation.store, scoring, "test")
    assert compact()
    opened = opened_session(house.own, installation.objects, 1, 1)
    assert [(row.sealed, row.quarantined) for row, _, _ in opened.undecodable] == [
        (damaged.sealed, "BodyUndecodable")
    ]


def test_open_and_unjudged_sessions_stay_in_the_log(
    chain: Chain, house: House, compact: Compact
) -> None:
    chain.send()
    assert not compact()
    chain.send(final=True)
    assert not compact()
    assert house.rows("batches") == 2


@pytest.mark.usefixtures("envelopes")
def test_crash_before_the_commit_leaves_the_log_as_it_was(house: House, compact: Compact) -> None:
    """Both objects are synced by then: the next try finds them and takes the batches out."""
    rows = house.own.batches(1)
    compactor = Compactor(house.installation.store, house.installation.objects)
    lie = [replace(row, row=row.row + 1_000) if row.sequence == 1 else row for row in rows]
    with pytest.raises(NotKnown):
        house.own.compact(Compacted(1, bytes(32), 1, bytes(32), 1, 1), lie)
    assert house.own.batches(1) == rows
    assert house.own.compacted(1) is None
    assert compactor.compact(1, 1)
    assert not house.own.compact(where(house), rows), "another process was first"
    assert not compact()


@ON_SQLITE
def test_killed_while_it_takes_batches_out_it_is_done_again_and_nothing_is_missing(
    house: House, envelopes: list[Envelope], compact: Compact
) -> None:
    rows = house.own.batches(1)
    command = [sys.executable, "-m", "tests.server.compaction.killed", str(house.path)]
    killed = subprocess.run(command, cwd=ROOT, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert house.own.batches(1) == rows
    assert house.own.compacted(1) is None
    assert compact()
    assert house.rows("batches") == 0
    stored = stored_batches(house.own, house.installation.objects, 1, 1)
    assert [batch.sealed for batch in stored] == [envelope.sealed for envelope in envelopes]
    assert house.installation.store.check() == []


@pytest.mark.usefixtures("envelopes")
def test_store_that_gives_back_something_else_takes_nothing_out_of_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    class Forgetful:
        def put(self, organisation: int, digest: bytes, data: bytes) -> None:
            assert house.rows("batches") == 3, "objects come first"

        def get(self, organisation: int, digest: bytes) -> bytes:
            return b""

    store = house.installation.store
    vault = Vault(store, house.installation.keys)
    compactor = Compactor(store, SealedObjects(cast("ObjectStore", Forgetful()), vault))
    with pytest.raises(OriginalDamaged):
        compactor.compact(1, 1)
    assert compactor.do_next()
    assert "could not be compacted" in caplog.text
    assert not compactor.do_next(), "not again before the next start"
    assert house.rows("batches") == 3


@ON_SQLITE
@pytest.mark.usefixtures("envelopes")
def test_damaged_block_costs_time_and_nothing_else(house: House, compact: Compact) -> None:
    store, objects = house.own, house.installation.objects
    before = opened_session(store, objects, 1, 1)
    assert compact()
    block = object_path(house, where(house).block_name)
    block.write_bytes(block.read_bytes()[:-1] + b"x")
    assert said(opened_session(store, objects, 1, 1)) == said(before)
    block.unlink()
    assert said(opened_session(store, objects, 1, 1)) == said(before)
    object_path(house, where(house).original_name).unlink()
    with pytest.raises(OriginalDamaged, match="restore the objects from a backup"):
        opened_session(store, objects, 1, 1)


def verify(house: House, session: bytes) -> tuple[int, str]:
    command = ["session", "verify", session.hex(), "--data", str(house.path)]
    done = CliRunner().invoke(main, command)
    return done.exit_code, done.output


@ON_SQLITE
def test_session_is_verified_from_what_the_device_signed(
    house: House, chain: Chain, envelopes: list[Envelope], compact: Compact
) -> None:
    assert verify(house, chain.session) == (0, "3 batches, chain and signatures hold\n")
    assert compact()
    assert verify(house, chain.session) == (0, "3 batches, chain and signatures hold\n")
    assert verify(house, bytes(16))[0] == 1
    original = object_path(house, where(house).original_name)
    data = bytearray(original.read_bytes())
    data[-1] ^= 1
    original.write_bytes(data)
    status, output = verify(house, chain.session)
    assert (status, "restore the objects" in output) == (1, True)
    del envelopes


def test_what_does_not_hold_is_named(house: House, envelopes: list[Envelope]) -> None:
    store, secret = house.own, house.installation.keys.nonce_secret
    rows, head = list(store.batches(1)), store.head(1)
    raw = store.sealing_key(1)
    assert raw is not None
    key = VerifyKey(raw)
    assert verify_session(rows, head, key, (secret,)).wrong is None
    flipped = rows[1].sealed[:-1] + bytes([rows[1].sealed[-1] ^ 1])
    wrong = {
        "not hold": verify_session(
            [rows[0], replace(rows[1], sealed=flipped), rows[2]], head, key, (secret,)
        ),
        "batch 0": verify_session(rows, head, SigningKey.generate().verify_key, (secret,)),
        "batch 1": verify_session([rows[0], rows[2], rows[1]], head, key, (secret,)),
        "does not end": verify_session(rows[:2], head, key, (secret,)),
        "nonce": verify_session(rows, head, key, (bytes(32),)),
    }
    for named, found in wrong.items():
        assert found.wrong is not None
        assert named in found.wrong
    assert house.installation.store.of(2).sealing_key(1) is None
    del envelopes


@pytest.mark.usefixtures("envelopes")
def test_worker_compacts_when_no_job_waits(house: House, assessor: DetectorAssessor) -> None:
    stop, installation = threading.Event(), house.installation

    class Watched(Compactor):
        def do_next(self) -> bool:
            if not super().do_next():
                stop.set()
            return False

    compactor = Watched(installation.store, installation.objects)
    scoring = Scoring(installation.store, installation.objects, assessor, installation.keys)
    worker = Worker(installation.store, scoring, None, compactor, "test")
    work(worker, installation.store, "test", stop, os.getppid())
    assert house.rows("batches") == 0
    assert house.rows("compacted") == 1
