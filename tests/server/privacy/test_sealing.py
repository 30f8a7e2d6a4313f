"""A stolen database, bucket or both open nothing; and what is sealed for one opens for no other."""

import dataclasses
from pathlib import Path

import pytest

from server.errors import KeyReplaced, KeyUnusable, PictureMissing
from server.installation import open_installation
from server.operation.key_files import Kind, rotate
from server.operation.keys import load_server_keys
from server.privacy.sealed import SealedObjects
from server.privacy.vault import Vault
from server.privacy.wrapping import new_key, seal, unseal
from server.records import Owner, Place, StoredObject
from server.storage.objects.folder import FolderObjects
from tests.server.house import House
from tests.server.privacy.uploads import NOTE, PICTURE, names, read, record, upload
from tests.server.storages import ON_SQLITE

OWNER = Owner(1, b"p" * 16, b"s" * 16)
DIGEST = b"d" * 32


def test_what_is_sealed_opens_for_its_owner_alone() -> None:
    secret = new_key()
    sealed = seal(secret, OWNER, DIGEST, b"picture")
    assert b"picture" not in sealed
    assert unseal(secret, OWNER, DIGEST, sealed) == b"picture"
    others = (
        dataclasses.replace(OWNER, organisation=2),
        dataclasses.replace(OWNER, person=b"q" * 16),
        dataclasses.replace(OWNER, session=b"t" * 16),
    )
    wrong = [(secret, other, DIGEST, sealed) for other in others]
    wrong += [(secret, OWNER, bytes(32), sealed), (new_key(), OWNER, DIGEST, sealed)]
    wrong += [(secret, OWNER, DIGEST, sealed[:at]) for at in (0, 3, 10, 20, len(sealed) - 1)]
    wrong += [(secret, OWNER, DIGEST, sealed[:-1] + bytes([sealed[-1] ^ 1]))]
    for arguments in wrong:
        with pytest.raises(PictureMissing, match="not what was stored"):
            unseal(*arguments)


def test_an_object_lies_sealed_and_under_a_name_that_confirms_no_guess(house: House) -> None:
    session, other = record(house, house.trainer), record(house, house.other)
    mine, theirs = upload(house, session), upload(house, other)
    again = upload(house, record(house, house.trainer, 2))
    assert mine.digest == theirs.digest == again.digest
    assert len(names(house)) == 3, "the same picture in another session is another object"
    assert mine.digest not in names(house)
    stored = house.installation.objects.stored
    assert all(PICTURE[8:40] not in stored.get(1, name) for name in names(house))
    assert read(house, session, mine.digest) == PICTURE
    moved = Place(theirs.name or b"", theirs.person_key or 0)
    owner = Owner(1, session.person, session.id)
    with pytest.raises(PictureMissing):
        house.installation.objects.get(owner, mine.digest, moved)


@ON_SQLITE
def test_database_and_objects_open_nothing_without_the_keys_folder(
    house: House, tmp_path: Path
) -> None:
    session = record(house, house.trainer)
    upload(house, session, NOTE, "text/plain; charset=utf-8")
    house.installation.store.close()
    files = [path for path in house.path.rglob("*") if path.is_file()]
    assert all(NOTE not in path.read_bytes() for path in files)
    (house.path / "keys" / "vault.key").write_bytes(b"k" * 32)
    stranger = open_installation(house.path)
    stored = FolderObjects(house.path / "objects")
    objects = SealedObjects(stored, Vault(stranger.store, stranger.keys))
    (listed,) = stranger.store.of(1).objects_of(session.row)
    with pytest.raises(KeyUnusable, match="lacks the vault key"):
        objects.get(Owner(1, session.person, session.id), listed.digest, listed.place)
    stranger.store.close()


def test_keys_are_made_once_however_many_ask(house: House) -> None:
    store, keys = house.installation.store, house.installation.keys
    vaults = [Vault(store, keys) for _ in range(3)]
    made = {vault.sealing(1, house.trainer.id).row for vault in vaults}
    assert len(made) == 1
    assert (house.rows("person_keys"), house.rows("organisation_keys")) == (1, 1)
    own = house.own
    assert own.add_organisation_key(b"late", 0, 1).wrapped != b"late"
    late = own.add_person_key(house.trainer.id, own.organisation_keys()[0].row, b"late", 0, 1)
    assert late is not None
    assert late.row in made
    assert own.add_person_key(house.other.id, 999, b"under none", 0, 1) is None


def test_wrapped_keys_are_bound_to_their_owners(house: House) -> None:
    vault = house.installation.objects.vault
    vault.sealing(1, house.trainer.id)
    vault.sealing(1, house.other.id)
    mine = house.own.person_keys(house.trainer.id)[0].wrapped
    house.change("UPDATE person_keys SET wrapped = :w WHERE person = :p", w=mine, p=house.other.id)
    with pytest.raises(KeyUnusable, match="another"):
        Vault(house.installation.store, house.installation.keys).sealing(1, house.other.id)


def test_the_installations_key_is_replaced_without_sealing_anything_anew(house: House) -> None:
    session = record(house, house.trainer)
    stored = upload(house, session)
    before, folder = names(house), house.path / "keys"
    vault = house.installation.objects.vault
    assert not vault.rewrap_organisation(1), "wrapped by the one in force"
    rotate(folder, Kind.VAULT, 5_000_000, 1)
    house.installation.keys.refresh(folder)
    assert read(house, session, stored.digest) == PICTURE, "the old one still opens"
    assert vault.rewrap_organisation(1)
    (folder / "vault.key").unlink()
    fresh = Vault(house.installation.store, load_server_keys(folder))
    objects = SealedObjects(house.installation.objects.stored, fresh)
    owner = Owner(1, session.person, session.id)
    assert objects.get(owner, stored.digest, stored.place) == PICTURE
    assert names(house) == before


def test_what_was_sealed_under_a_key_that_went_meanwhile_is_sealed_anew(house: House) -> None:
    session = record(house, house.trainer)
    elsewhere = Vault(house.installation.store, house.installation.keys)
    objects = SealedObjects(house.installation.objects.stored, elsewhere)
    owner, tried = Owner(1, session.person, session.id), list[Place]()
    objects.put(owner, DIGEST, b"x")
    gone = house.own.person_keys(session.person)[0].row
    house.installation.objects.vault.replace(1, session.person)
    assert house.own.forget_person_key(gone)

    def list_it(place: Place) -> bool:
        tried.append(place)
        entry = StoredObject(DIGEST, "image/png", 1, place.name, place.person_key)
        return house.own.add_object(session.row, entry)

    assert objects.put_and_list(owner, DIGEST, b"x", list_it)
    assert [place.person_key == gone for place in tried] == [True, False]
    entry = StoredObject(bytes(32), "image/png", 1, tried[0].name, gone)
    with pytest.raises(KeyReplaced):
        house.own.add_object(session.row, entry)
