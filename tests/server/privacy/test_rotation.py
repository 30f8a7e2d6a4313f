"""Keys are replaced while everything stays readable, and a run that is cut off is finished."""

import json

import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.errors import PictureMissing, StorageAway
from server.privacy.rotation import Rotation
from tests.server.house import House
from tests.server.privacy.uploads import (
    NOTE,
    PICTURE,
    names,
    read,
    record,
    upload,
    upload_plain,
)
from tests.server.storages import ON_SQLITE


def rotation(house: House) -> Rotation:
    return Rotation(house.installation.store, house.installation.objects, 1, lambda *_: None)


def keys(house: House, *words: str) -> dict[str, object]:
    done = CliRunner().invoke(main, ["keys", *words, "--json", "--data", str(house.path)])
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_an_organisations_key_is_replaced_and_no_object_moves(house: House) -> None:
    session, other = record(house, house.trainer), record(house, house.other)
    stored = [upload(house, each) for each in (session, other)]
    before, old = names(house), house.own.organisation_keys()[0]
    assert keys(house, "rotate-organisation") == {"rewrapped": 2}
    (new,) = house.own.organisation_keys()
    assert new.row != old.row
    assert names(house) == before
    assert read(house, session, stored[0].digest) == read(house, other, stored[1].digest) == PICTURE


def test_a_persons_key_is_replaced_and_the_old_one_destroyed(house: House) -> None:
    session, other = record(house, house.trainer), record(house, house.other)
    mine, note = upload(house, session), upload(house, session, NOTE, "text/plain")
    theirs = upload(house, other)
    before = names(house)
    assert keys(house, "rotate-person", house.trainer.name) == {"resealed": 2}
    assert names(house) & before == {theirs.name}
    assert len(names(house)) == 3
    (key,) = house.own.person_keys(house.trainer.id)
    assert key.row != mine.person_key
    assert read(house, session, mine.digest) == PICTURE
    assert read(house, session, note.digest) == NOTE
    assert read(house, other, theirs.digest) == PICTURE


@ON_SQLITE
def test_a_rotation_that_is_cut_off_is_finished_by_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = record(house, house.trainer)
    stored = [upload(house, session, PICTURE + bytes([n])) for n in range(3)]
    objects = house.installation.objects
    put, left = objects.stored.put, iter([True, False])

    def failing(organisation: int, name: bytes, data: bytes) -> None:
        if not next(left):
            raise StorageAway("away")
        put(organisation, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(objects.stored, "put", failing)
        with pytest.raises(StorageAway):
            rotation(house).person(session.person)
    assert [read(house, session, each.digest)[:-1] for each in stored] == [PICTURE] * 3
    assert len(house.own.person_keys(session.person)) == 2
    assert rotation(house).person(session.person) == 2
    assert len(house.own.person_keys(session.person)) == 1
    assert [read(house, session, each.digest)[:-1] for each in stored] == [PICTURE] * 3
    assert rotation(house).organisation() == 1


def test_what_an_older_version_stored_is_readable_and_then_sealed(house: House) -> None:
    sessions = [record(house, house.trainer), record(house, house.other)]
    for session in sessions:
        upload_plain(house, session)
    lost = upload_plain(house, sessions[0], NOTE)
    house.installation.objects.stored.delete(1, [lost.digest])
    (digest,) = names(house)
    assert [read(house, each, digest) for each in sessions] == [PICTURE] * 2
    assert keys(house, "seal") == {"sealed": 3, "batches": 0}
    assert digest not in names(house), "the plain one is gone when both are sealed"
    assert [read(house, each, digest) for each in sessions] == [PICTURE] * 2
    with pytest.raises(PictureMissing):
        read(house, sessions[0], lost.digest)
    assert keys(house, "seal") == {"sealed": 0, "batches": 0}


def test_commands_name_who_is_not_there(house: House) -> None:
    done = CliRunner().invoke(main, ["keys", "rotate-person", "Nobody", "--data", str(house.path)])
    assert done.exit_code == 1
    assert "nobody of that name" in done.output
    assert keys(house, "rewrap") == {"rewrapped": [], "batches": 0}
