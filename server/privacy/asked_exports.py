"""Exports that people asked for on their account page: made by an errand, kept for seven days."""

import hashlib
import tempfile
from dataclasses import replace

from server.errors import PictureMissing
from server.operation.keys import ServerKeys
from server.privacy.exporting import PersonalExports
from server.privacy.sealed import SealedObjects
from server.records import Owner, Place
from server.records.privacy import PersonalExport
from server.storage.protocols import Store

DAYS = 7
_KEPT_US = DAYS * 86_400_000_000
_MAX_BYTES = 1_000_000_000
"""More is made by the operator's command, which writes to a disk and not into memory."""
_NO_SESSION = bytes(16)


class AskedExports:
    """See `server.errands.errand.Errand`."""

    def __init__(self, store: Store, objects: SealedObjects, keys: ServerKeys) -> None:
        self._store = store
        self._objects = objects
        self._exports = PersonalExports(store, objects, keys)

    def do_next(self, now_us: int) -> bool:
        """Make one that waits, or take away those that are over."""
        for organisation in self._store.organisations():
            own = self._store.of(organisation.id)
            asked = own.claim_export(now_us)
            if asked is not None:
                self._make(organisation.id, asked, now_us)
                return True
            if over := own.forget_exports(now_us - _KEPT_US):
                self._objects.stored.delete(organisation.id, over)
                return True
        return False

    def _make(self, organisation: int, asked: PersonalExport, now_us: int) -> None:
        own, owner = self._store.of(organisation), _owner(organisation, asked.person)
        with tempfile.TemporaryFile() as file:
            self._exports.write(organisation, asked.person, file, now_us)
            size_bytes = file.tell()
            if size_bytes > _MAX_BYTES:
                own.finish_export(replace(asked, made_us=now_us))
                return
            file.seek(0)
            data = file.read()
        digest = hashlib.sha256(data).digest()

        def note(place: Place) -> bool:
            made = replace(
                asked,
                made_us=now_us,
                digest=digest,
                name=place.name,
                person_key=place.person_key,
                size_bytes=size_bytes,
            )
            return own.finish_export(made)

        note(self._objects.put(owner, digest, data))
        own.audit("server", "export.made", asked.person.hex())

    def read(self, organisation: int, person: bytes, now_us: int) -> bytes | None:
        """A person's own export, if it lies ready."""
        made = self._store.of(organisation).export_of(person)
        if made is None or made.made_us is None or made.digest is None or is_over(made, now_us):
            return None
        place = None if made.name is None else Place(made.name, made.person_key or 0)
        try:
            return self._objects.get(_owner(organisation, person), made.digest, place)
        except PictureMissing:
            return None


def is_over(made: PersonalExport, now_us: int) -> bool:
    """Whether its seven days are over."""
    return made.made_us is not None and now_us - made.made_us > _KEPT_US


def _owner(organisation: int, person: bytes) -> Owner:
    return Owner(organisation, person, _NO_SESSION)
