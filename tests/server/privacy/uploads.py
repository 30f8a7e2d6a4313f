"""Sessions made in storage, without a device: what privacy is about."""

import hashlib

from server.records import NewDevice, NewSession, Owner, Person, SessionEntry, StoredObject
from tests.server.house import House

PICTURE = b"\x89PNG\r\n\x1a\n" + b"a picture of a desk with a name on it" * 20
NOTE = b"called the doctor, back at three"


def record(house: House, person: Person, number: int = 1) -> SessionEntry:
    """A session of a person."""
    own, name = house.own, hashlib.sha256(person.id + bytes([number])).digest()
    code = hashlib.sha256(b"code" + name).digest()
    own.add_pairing_code(code, person.id, 2)
    new = NewDevice(name[:16], name, code, "test", "0.1.0")
    assert house.installation.store.enrol(code, new, 1) is not None
    project = own.projects()[0].id
    entry = own.add_session(NewSession(name[16:], person.id, name[:16], project, 1, "0.1.0", 1))
    assert entry is not None
    return entry


def upload(
    house: House, session: SessionEntry, data: bytes = PICTURE, content_type: str = "image/png"
) -> StoredObject:
    """What the session's device uploads, sealed."""
    digest = hashlib.sha256(data).digest()
    owner = Owner(session.organisation, session.person, session.id)
    place = house.installation.objects.put(owner, digest, data)
    stored = StoredObject(digest, content_type, len(data), place.name, place.person_key)
    assert house.own.add_object(session.row, stored)
    return stored


def upload_plain(house: House, session: SessionEntry, data: bytes = PICTURE) -> StoredObject:
    """What an older version stored."""
    digest = hashlib.sha256(data).digest()
    house.installation.objects.stored.put(session.organisation, digest, data)
    stored = StoredObject(digest, "image/png", len(data))
    assert house.own.add_object(session.row, stored)
    return stored


def read(house: House, session: SessionEntry, digest: bytes) -> bytes:
    """An object of a session, as the server reads it."""
    entry = house.own.object(session.row, digest)
    assert entry is not None
    owner = Owner(session.organisation, session.person, session.id)
    return house.installation.objects.get(owner, digest, entry.place)


def names(house: House) -> set[bytes]:
    """Under which names anything lies in the object store."""
    return set(house.installation.objects.stored.digests(1))
