"""A backup of a server under load is whole, and a server made of it goes on."""

import json
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from click.testing import CliRunner, Result

from server.cli.main import main
from server.installation import open_installation
from server.operation.backup import MANIFEST, Manifest, object_path
from server.operation.restore import check, read_manifest
from server.operation.upkeep_lock import upkeep
from server.privacy.sealed import owner_of
from tests.server.device import Chain, Device, screenshot
from tests.server.house import PASSWORD, House, browsing, serving
from tests.server.storages import EMBEDDED, Services
from wire.batch import Envelope

PICTURE = b"RIFF\x00\x00\x00\x00WEBP" + b"picture" * 500


def run(*words: str, fails: int = 0) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == fails, result.output
    return result


def backed_up(house: House, into: Path) -> Path:
    words = ("backup", "--to", str(into), "--data", str(house.path), "--json")
    return Path(json.loads(run(*words).stdout)["backup"])


Elsewhere = Callable[[], None]


@pytest.fixture
def elsewhere(
    storage: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Elsewhere]:
    """PostgreSQL's programs of its own version; called, the settings name an empty database."""
    if storage == EMBEDDED:
        yield lambda: None
        return
    services: Services = request.getfixturevalue("services")
    name = f"restored_{secrets.token_hex(8)}"
    monkeypatch.setenv("PATH", str(services.postgres.programs), prepend=os.pathsep)
    services.postgres.execute("CREATE DATABASE {}", name)
    yield lambda: monkeypatch.setenv("VERITYPE_DATABASE", services.postgres.address(name))
    services.postgres.drop(name)


class Load(threading.Thread):
    """Posts batches until told to stop, and remembers when each was acknowledged."""

    def __init__(self, chain: Chain) -> None:
        super().__init__()
        self.chain = chain
        self.acknowledged: list[Envelope] = []
        self.ending = threading.Event()
        self.going = threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            envelope = self.chain.seal()
            self.chain.accept(envelope, self.chain.device.post(envelope.sealed))
            self.acknowledged.append(envelope)
            if len(self.acknowledged) == 5:
                self.going.set()


def test_backup_under_load_and_restored_loses_nothing_that_was_there(
    house: House, chain: Chain, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    chain.send([screenshot(1_000, PICTURE)])
    assert chain.device.put(chain.session, PICTURE).status_code == 201
    load = Load(chain)
    load.start()
    assert load.going.wait(60)
    before = len(load.acknowledged)
    path = backed_up(house, tmp_path / "backups")
    during = len(load.acknowledged)
    load.ending.set()
    load.join()
    assert len(load.acknowledged) >= during > before, "the writer went on during the backup"
    manifest = check(path, lambda *_: None)
    assert manifest.missing == ()
    assert not list(path.parent.glob(".*")), "no draft is left"

    elsewhere()
    data = tmp_path / "restored"
    run("restore", str(path), "--data", str(data))
    found = open_installation(data)
    own = found.store.of(found.store.first_organisation())
    entry = own.session(chain.session)
    assert entry is not None
    stored = [batch.digest for batch in own.batches(entry.row)][1:]
    assert stored[:before] == [envelope.digest for envelope in load.acknowledged[:before]]
    assert found.store.check() == []
    (named,) = found.store.listed_objects()
    (listed,) = own.objects_of(entry.row)
    assert named == (1, listed.name)
    assert found.objects.get(owner_of(entry, 1), listed.digest, listed.place) == PICTURE
    assert found.keys.signing.verify_key == house.installation.keys.signing.verify_key
    found.store.close()
    goes_on(data, chain, load.acknowledged[len(stored) - 1])


def goes_on(data: Path, chain: Chain, last: Envelope) -> None:
    """The device continues its session where the restored server is, and people sign in."""
    with serving(data) as address, browsing(address) as client:
        device = Device(client, chain.device.key, chain.device.enrolment)
        after = Chain(device, chain.session, last.header.nonce, last.header.sequence + 1)
        after.previous, after.anchor = last.digest, last.header.anchor
        after.send(final=True)
        token = client.get("/login").text.split('name="csrf" value="')[1].split('"')[0]
        form = {"login": "ada", "password": PASSWORD, "csrf": token}
        assert client.post("/login", data=form).status_code == 303


Damage = Callable[[Path], None]


def _database(path: Path) -> Path:
    return path / read_manifest(path).database


def _cut(path: Path) -> None:
    file = _database(path)
    file.write_bytes(file.read_bytes()[:-1])


def _change(path: Path) -> None:
    file = path / "keys" / "nonce.key"
    file.write_bytes(bytes(32))


def _lose(path: Path) -> None:
    objects = [each for each in (path / "objects").rglob("*") if each.is_file()]
    objects[0].unlink()


def _add(path: Path) -> None:
    (path / "keys" / "signing-20300101T000000Z.key").write_bytes(bytes(32))


def _link(path: Path) -> None:
    database = _database(path)
    database.unlink()
    database.symlink_to("/etc/passwd")


def _escape(path: Path) -> None:
    manifest = read_manifest(path)
    outside = msgspec.structs.replace(manifest.files[0], path="../../outside")
    changed = msgspec.structs.replace(manifest, files=(*manifest.files, outside))
    (path / MANIFEST).write_bytes(msgspec.json.encode(changed))


def _no_manifest(path: Path) -> None:
    (path / MANIFEST).unlink()


def _bad_manifest(path: Path) -> None:
    (path / MANIFEST).write_text("{")


def _other_format(path: Path) -> None:
    manifest = msgspec.json.decode((path / MANIFEST).read_bytes(), type=Manifest)
    changed = msgspec.structs.replace(manifest, format="veritype backup 9")
    (path / MANIFEST).write_bytes(msgspec.json.encode(changed))


@pytest.fixture
def good(house: House, chain: Chain, tmp_path: Path, elsewhere: Elsewhere) -> Path:
    chain.send([screenshot(1_000, PICTURE)])
    assert chain.device.put(chain.session, PICTURE).status_code == 201
    return backed_up(house, tmp_path / "backups")


def test_damaged_backups_are_refused_and_write_nothing(good: Path, tmp_path: Path) -> None:
    database = read_manifest(good).database
    damages: dict[str, Damage] = {
        f"{database} is damaged": _cut,
        "nonce.key is damaged": _change,
        "is missing": _lose,
        "not in its manifest": _add,
        f"{database} is missing": _link,
        "outside is missing": _escape,
        "is no backup": _no_manifest,
        "cannot be read": _bad_manifest,
        "another format": _other_format,
    }
    for number, (says, damage) in enumerate(damages.items()):
        copy = shutil.copytree(good, tmp_path / f"copy{number}")
        damage(copy)
        target = tmp_path / f"target{number}"
        output = run("restore", str(copy), "--data", str(target), fails=1).output
        assert says in output
        assert output.count("\n") == 1
        assert not target.exists()
    assert "is whole" in run("restore", str(good), "--check").output


def test_restore_writes_into_an_empty_place_only(
    good: Path, tmp_path: Path, house: House, elsewhere: Elsewhere
) -> None:
    said = run("restore", str(good), "--data", str(house.path), fails=1).output
    assert "is not empty" in said
    (tmp_path / "empty").mkdir()
    if house.installation.settings.database:
        said = run("restore", str(good), "--data", str(tmp_path / "empty"), fails=1).output
        assert "database of the settings is not empty" in said
    elsewhere()
    run("restore", str(good), "--data", str(tmp_path / "empty"), "--json")
    for path in (tmp_path / "empty").rglob("*"):
        assert not path.stat().st_mode & 0o077, path
    run("restore", str(good), fails=2)


def test_an_object_that_is_gone_is_named_and_the_rest_is_backed_up(
    good: Path, house: House, tmp_path: Path
) -> None:
    (organisation, digest), *_ = house.installation.store.listed_objects()
    name = f"{organisation}/{digest.hex()}"
    house.installation.objects.stored.delete(organisation, [digest])
    path = backed_up(house, tmp_path / "more")
    manifest = read_manifest(path)
    assert manifest.missing == (name,)


def test_the_second_backup_shares_what_the_first_holds_whole(
    good: Path, house: House, chain: Chain, storage: str, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    (organisation, digest), *_ = house.installation.store.listed_objects()
    name = object_path(organisation, digest)
    earlier = good.rename(good.with_name("veritype-20200101T000000Z"))
    second = backed_up(house, earlier.parent)
    assert (second / name).samefile(earlier / name)
    held = (second / name).read_bytes()
    (second / name).write_bytes(held[:-1])
    third = backed_up(house, earlier.parent / "beside")
    shutil.rmtree(earlier)
    second.rename(second.with_name("veritype-20200101T000000Z"))
    fourth = backed_up(house, earlier.parent)
    assert (fourth / name).read_bytes() == (third / name).read_bytes() == held, "read anew"

    house.installation.objects.stored.delete(organisation, [digest])
    elsewhere()
    run("restore", str(fourth), "--data", str(tmp_path / "restored"))
    found = open_installation(tmp_path / "restored")
    assert found.objects.stored.get(organisation, digest) == held
    assert (tmp_path / "restored" / "objects").exists() == (storage == EMBEDDED)
    found.store.close()


def test_a_bucket_that_takes_nothing_leaves_no_restored_folder(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: Elsewhere
) -> None:
    elsewhere()
    monkeypatch.setenv("VERITYPE_OBJECTS", "s3://nowhere/x")
    monkeypatch.setenv("VERITYPE_OBJECTS_ENDPOINT", "http://127.0.0.1:9")
    said = run("restore", str(good), "--data", str(tmp_path / "restored"), fails=1).output
    assert "object store does not answer" in said
    assert not (tmp_path / "restored").exists()


def test_a_backup_that_fails_leaves_nothing(
    house: House,
    client: httpx.Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    elsewhere: Elsewhere,
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("server.operation.backup.write_synced", full)
    into = tmp_path / "backups"
    run("backup", "--to", str(into), "--data", str(house.path), fails=1)
    assert list(into.iterdir()) == []
    assert client.get("/healthz").status_code == 200


def test_backup_and_purge_wait_for_each_other(house: House, tmp_path: Path) -> None:
    with upkeep(house.path):
        said = run("backup", "--to", str(tmp_path / "b"), "--data", str(house.path), fails=1).output
    assert "is running" in said
