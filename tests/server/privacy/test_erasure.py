"""Nothing of an erased person is found: not in the database, the objects or what is logged."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.clock import now_us
from server.compaction.compactor import Compactor
from server.errors import PictureMissing, ServerError, StorageAway
from server.privacy.auditing import check_log
from server.privacy.erasing import Erasure
from server.privacy.holding import LegalHolds
from server.privacy.sealed import owner_of
from server.records import AuditSearch, Happened, Place, SessionEntry, StoredObject
from tests.server.house import House
from tests.server.privacy.uploads import NOTE, PICTURE, names, read, record, upload


def erasure(house: House) -> Erasure:
    installation = house.installation
    return Erasure(installation.store, installation.objects, installation.keys, 1, "operator")


def run(*words: str, fails: int = 0) -> str:
    done = CliRunner().invoke(main, [*words])
    assert done.exit_code == fails, done.output
    return done.output


def everything(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


def upload_late(house: House, session: SessionEntry) -> bool:
    """On a node that remembers a key that was destroyed on another."""

    def list_it(place: Place) -> bool:
        entry = StoredObject(bytes(32), "image/png", 4, place.name, place.person_key)
        return house.own.add_object(session.row, entry)

    return house.installation.objects.put_and_list(
        owner_of(session, 1), bytes(32), b"late", list_it
    )


def test_name_and_content_are_nowhere_and_the_chain_still_ends_at_its_head(
    house: House, scored: str, caplog: pytest.LogCaptureFixture
) -> None:
    own, installation = house.own, house.installation
    session = own.session(bytes.fromhex(scored))
    assert session is not None
    upload(house, session, NOTE, "text/plain")
    own.put_typing_sample(house.trainer.id, b"sealed sample of the person", 1)
    assert Compactor(installation.store, installation.objects).do_next()
    head, sealed = own.head(session.row), names(house)
    secret = installation.objects.vault.sealing(1, house.trainer.id).secret
    wrapped = own.person_keys(house.trainer.id)[0].wrapped
    assert own.card(session.row) is not None
    data = ("--data", str(house.path))
    assert "say --yes" in run("person", "erase", house.trainer.name, *data, fails=1)
    told = json.loads(run("person", "erase", house.trainer.name, "--yes", "--json", *data))
    assert told == {"id": house.trainer.id.hex(), "sessions": 1}

    assert names(house) & sealed == set()
    found = everything(house.path)
    name = house.trainer.name.encode()
    for mark in (name, b"sealed sample", NOTE, PICTURE[8:60], wrapped, secret):
        assert mark not in found, mark
    assert house.trainer.name not in caplog.text
    person = own.person(house.trainer.id)
    assert person is not None
    assert person.name == f"Erased person {house.trainer.id.hex()[:8]}"
    assert (person.login, own.password_hash(person.id)) == (None, None)
    assert own.head(session.row).digest == head.digest
    assert "the digests of 2 batches end" in run("session", "verify", scored, *data)
    line = own.line(session.id)
    assert line is not None
    assert line.band == "cannot_determine"
    assert own.card(session.row) is None
    assert json.loads(line.facts or b"")["worked_s"] >= 0
    with pytest.raises(PictureMissing, match="erased"):
        upload_late(house, session)
    assert check_log(own, 1, installation.keys).wrong is None
    erased = [a for a in own.announcements(0, 99) if a.kind is Happened.PERSON_ERASED]
    assert [each.subject for each in erased] == [house.trainer.id.hex()]
    house.change("UPDATE tombstones SET digests = :d", d=bytes(64))
    assert "not those that were signed" in run("session", "verify", scored, *data, fails=1)


def test_the_others_keep_everything(house: House) -> None:
    mine, theirs = record(house, house.trainer), record(house, house.other)
    upload(house, mine)
    kept = upload(house, theirs)
    assert erasure(house).erase(house.trainer, now_us()) == 1
    assert read(house, theirs, kept.digest) == PICTURE
    assert names(house) == {kept.name}
    assert house.own.person_keys(house.trainer.id) == []
    assert len(house.own.person_keys(house.other.id)) == 1
    assert [p.name for p in house.own.people() if p.id == house.other.id] == [house.other.name]
    assert erasure(house).erase(house.trainer, now_us()) == 1, "again is no trouble"


def test_a_legal_hold_and_the_last_administrator_are_refused(house: House) -> None:
    session = record(house, house.trainer)
    kept = upload(house, session)
    holds = LegalHolds(house.own, "operator")
    row = holds.place(now_us(), session=session.id.hex(), reason="Case 12")
    with pytest.raises(ServerError, match=r"a legal hold forbids it \(hold 1: Case 12\)"):
        erasure(house).erase(house.trainer, now_us())
    assert read(house, session, kept.digest) == PICTURE
    assert not house.own.erasing(house.trainer.id)
    holds.lift(row, now_us())
    assert erasure(house).erase(house.trainer, now_us()) == 1
    admin = next(p for p in house.own.people() if p.name == "Administrator")
    with pytest.raises(ServerError, match="somebody else must be an administrator"):
        erasure(house).erase(admin, now_us())


def test_an_erasure_that_is_cut_off_is_finished_by_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = [record(house, house.trainer, number) for number in (1, 2)]
    for session in sessions:
        upload(house, session)

    def failing(*_: object) -> None:
        raise StorageAway("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(house.own), "empty_session", failing)
        with pytest.raises(StorageAway):
            erasure(house).erase(house.trainer, now_us())
    assert house.own.erasing(house.trainer.id)
    assert all(device.revoked_us for device in house.own.devices(house.trainer.id))
    erasure(house).erase(house.trainer, now_us())
    assert house.rows("objects") == 0
    assert house.rows("tombstones") == 2
    assert house.own.audit_search(AuditSearch(about=house.trainer.id), None, 1)
