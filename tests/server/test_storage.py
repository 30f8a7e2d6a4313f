"""The store itself: group commit, back-pressure, objects, the append-only log."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from server.errors import PictureMissing, Refusal
from server.operation.keys import ServerKeys, load_server_keys
from server.records import Append, LogRow, NewDevice, NewSession, SessionEntry, Taken
from server.storage.group_commit import GroupCommit
from server.storage.objects import folder
from server.storage.objects.folder import FolderObjects
from server.storage.sqlite import checkpoints
from server.storage.tables import metadata
from tests.server.device import Chain, Device
from tests.server.house import House
from tests.server.storages import ON_SQLITE
from wire.chain import ChainHead, follow
from wire.messages import Enrolment
from wire.signing import SigningKey


@pytest.fixture
def append(house: House) -> Append:
    key = SigningKey.generate()
    device = Device(None, key, Enrolment(bytes(16), "t", "n", bytes(32)))
    code = bytes(32)
    house.own.add_pairing_code(code, house.trainer.id, 2)
    new = NewDevice(bytes(16), bytes(32), bytes(32), "p", "0.1.0")
    assert house.installation.store.enrol(code, new, 1) is not None
    project = house.own.projects()[0].id
    entry = house.own.add_session(
        NewSession(bytes(16), house.trainer.id, bytes(16), project, 1, "0.1.0", 1)
    )
    assert entry is not None
    envelope = Chain(device, bytes(16), bytes(16)).seal()
    head = ChainHead()
    return Append(entry, head, follow(head, envelope), envelope, 5)


def test_many_waiting_batches_share_a_transaction(house: House, append: Append) -> None:
    writer = house.installation.store.writer(1_000)
    assert isinstance(writer, GroupCommit)
    commit, commits = writer._commit, list[int]()

    def counted(group: Sequence[LogRow]) -> Sequence[bool]:
        commits.append(len(group))
        return commit(group)

    writer._commit = counted
    rows = [
        replace(append, session=entry)
        for entry in [append.session, *_more_sessions(house, append, 199)]
    ]

    async def run() -> list[bool]:
        return list(await asyncio.gather(*(writer.append(row) for row in rows)))

    assert all(asyncio.run(run()))
    writer.close()
    assert house.rows("batches") == 200
    assert 0 < len(commits) < 50


def _more_sessions(house: House, append: Append, count: int) -> Iterator[SessionEntry]:
    entry = append.session
    for number in range(count):
        name = hashlib.sha256(bytes([number])).digest()[:16]
        added = house.own.add_session(
            NewSession(name, entry.person, entry.device, entry.project, 1, "0.1.0", 1)
        )
        assert added is not None
        yield added


def test_moved_head_stores_nothing_and_spares_the_others(house: House, append: Append) -> None:
    writer = house.installation.store.writer(10)

    async def run() -> list[bool]:
        return list(await asyncio.gather(writer.append(append), writer.append(append)))

    assert asyncio.run(run()) == [True, False]
    writer.close()
    assert house.rows("batches") == 1


def test_full_queue_refuses_and_says_when_to_come_back(house: House, append: Append) -> None:
    writer = house.installation.store.writer(0)
    with pytest.raises(Refusal) as refused:
        asyncio.run(writer.append(append))
    assert refused.value.problem.status == 503
    assert refused.value.retry_after_s is not None
    assert refused.value.retry_after_s > 0
    writer.close()


def test_disk_that_refuses_acknowledges_nothing(house: House, append: Append) -> None:
    writer = house.installation.store.writer(10)
    house.change("DROP TABLE batches")
    with pytest.raises(Refusal) as refused:
        asyncio.run(writer.append(append))
    assert refused.value.problem.status == 503
    assert house.own.head(append.session.row).sequence == -1
    writer.close()


def test_audit_log_cannot_be_changed(house: House) -> None:
    house.own.audit("person:1", "object.viewed", "x")
    lines = house.rows("audit_log")
    for change in ("UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(IntegrityError, match="append-only"):
            house.change(change)
    assert house.rows("audit_log") == lines


def test_objects_are_apart_for_each_organisation(tmp_path: Path) -> None:
    objects = FolderObjects(tmp_path)
    digest = hashlib.sha256(b"picture").digest()
    objects.put(1, digest, b"picture")
    objects.put(1, digest, b"picture")
    assert objects.get(1, digest) == b"picture"
    with pytest.raises(PictureMissing):
        objects.get(2, digest)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_object_stored_again_is_repaired_and_its_folders_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = FolderObjects(tmp_path)
    digest = hashlib.sha256(b"picture").digest()
    objects.put(1, digest, b"picture")
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(b"pic")
    objects.put(1, digest, b"picture")
    assert objects.get(1, digest) == b"picture"
    synced: list[Path] = []
    monkeypatch.setattr(folder, "_sync_folder", synced.append)
    objects.put(1, digest, b"picture")
    assert synced == [path.parent, path.parent.parent, tmp_path]


def test_secrets_show_nothing_in_text(house: House) -> None:
    keys = load_server_keys(house.path / "keys")
    assert isinstance(keys, ServerKeys)
    for shown in (repr(keys), str(keys), f"{keys}"):
        assert keys.nonce_secret.hex() not in shown
        assert repr(keys.nonce_secret) not in shown
        assert keys.cookie_secrets[-1] not in shown


def test_schema_is_what_the_tables_say(house: House) -> None:
    with house.database.reading.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_old_batch_is_found_from_a_landmark_and_sessions_stay_apart(
    house: House, append: Append
) -> None:
    """Two sessions whose rows alternate; long enough for a landmark in between."""
    writer = house.installation.store.writer(10_000)
    (other,) = _more_sessions(house, append, 1)
    ends = {append.session: ChainHead(), other: ChainHead()}

    async def run() -> None:
        for number in range(300):
            for session, head in list(ends.items()):
                digest = hashlib.sha256(b"%d %d" % (session.row, number)).digest()
                ends[session] = ChainHead(number, digest, number == 299)
                envelope = replace(append.envelope, digest=digest, sealed=digest)
                assert await writer.append(Append(session, head, ends[session], envelope, number))

    asyncio.run(run())
    writer.close()
    for session, head in ends.items():
        found = house.own.batches(session.row)
        assert [batch.sequence for batch in found] == list(range(300))
        assert found[-1].digest == head.digest
        assert house.own.batches(session.row, after=297) == found[298:]
        for number in (0, 1, 254, 255, 256, 298, 299):
            taken = Taken(found[number].digest, found[number].received_us)
            assert house.own.taken(session.row, number) == taken
        assert house.own.taken(session.row, 300) is None
        assert house.own.head(session.row) == head
    assert house.installation.store.of(2).batches(append.session.row) == []
    assert house.installation.store.of(2).taken(append.session.row, 0) is None


@ON_SQLITE
def test_write_ahead_log_starts_again_while_batches_come(
    house: House, append: Append, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_EVERY_BATCHES", 20)
    writer = house.installation.store.writer(10)
    log = house.path / "veritype.db-wal"
    written = house.rows("batches")

    async def run() -> None:
        head = ChainHead()
        for number in range(600):
            digest = hashlib.sha256(b"%d" % number).digest()
            envelope = replace(append.envelope, digest=digest, sealed=bytes(4_000))
            after = ChainHead(number, digest)
            assert await writer.append(Append(append.session, head, after, envelope, number))
            head = after

    asyncio.run(run())
    writer.close()
    assert house.rows("batches") == written + 600
    assert log.stat().st_size < 600 * 4_000, "it would hold every page three times over"
