"""Keys replaced by new ones, and what an older version left unsealed.

Each run may be cut off anywhere and is finished by the next: bytes are put under their new name
before the database names it, and a key is destroyed when nothing is named under it any more. What
a cut leaves under an old name, `purge` takes away.
"""

from collections.abc import Callable

from server.errors import PictureMissing
from server.privacy.sealed import SealedObjects
from server.records import Place, ToReseal
from server.storage.protocols import OrganisationStore, Store

_AT_ONCE = 200
Told = Callable[[str, int, int], None]


class Rotation:
    """Replaces keys of one organisation."""

    def __init__(self, store: Store, objects: SealedObjects, organisation: int, told: Told) -> None:
        self._own: OrganisationStore = store.of(organisation)
        self._objects = objects
        self._vault = objects.vault
        self._organisation = organisation
        self._told = told

    def organisation(self) -> int:
        """A new key of the organisation: people's keys are wrapped anew; how many. Bytes stay."""
        keys = self._own.organisation_keys()
        # Two are there when a run before was cut off: it is finished.
        by = keys[0] if len(keys) > 1 else self._vault.replace_organisation(self._organisation)
        rewrapped = 0
        for key in keys:
            if key.row == by.row:
                continue
            while under := self._own.person_keys_under(key.row, _AT_ONCE):
                wrapped = {k.row: self._vault.rewrapped(self._organisation, k, by) for k in under}
                self._own.rewrap_person_keys(by.row, wrapped)
                rewrapped += len(wrapped)
                self._told("keys", rewrapped, 0)
            self._own.forget_organisation_key(key.row)
        self._own.forget_overwritten()
        return rewrapped

    def person(self, person: bytes) -> int:
        """A new key of a person: all that is theirs is sealed anew; how many objects."""
        keys = self._own.person_keys(person)
        if len(keys) < 2:
            self._vault.replace(self._organisation, person)
        resealed = 0
        for key in self._own.person_keys(person)[1:]:
            while under := self._own.sealed_under(key.row, _AT_ONCE):
                resealed += sum(self._reseal(each) for each in under)
                self._told("objects", resealed, 0)
            self._objects.stored.delete(
                self._organisation, self._own.forget_exports(0, person=person)
            )
            self._own.forget_person_key(key.row)
        self._vault.forget(self._organisation, person)
        self._own.forget_overwritten()
        return resealed

    def seal_the_unsealed(self) -> int:
        """Seal what an older version stored as it is; how many objects. It stays readable."""
        sealed = 0
        while found := self._own.unsealed(_AT_ONCE):
            sealed += sum(self._reseal(each) for each in found)
            self._told("objects", sealed, 0)
        return sealed

    def seal_the_log(self) -> tuple[int, int]:
        """Seal batches in the log under the key in force: how many; how many were not sealed."""
        after, sealed, plain = 0, 0, 0
        while (some := self._own.seal_log(after, _AT_ONCE)) is not None:
            after, sealed, plain = some.after, sealed + some.sealed, plain + some.plain
            self._told("batches", sealed, 0)
        if sealed:
            self._own.forget_overwritten()
        return sealed, plain

    def _reseal(self, each: ToReseal) -> int:
        places = [self._put(each, number) for number in range(len(each.digests))]
        self._own.move_sealed(each, places)
        gone = [
            digest if place is None else place.name
            for digest, place in zip(each.digests, each.places, strict=True)
            if place is not None or not self._own.plain_in_use(digest)
        ]
        self._objects.stored.delete(self._organisation, gone)
        return len(each.digests)

    def _put(self, each: ToReseal, number: int) -> Place:
        """Seal one of the bytes anew; of those that are lost, only where they would be is noted."""
        digest, place = each.digests[number], each.places[number]
        try:
            data = self._objects.get(each.owner, digest, place)
        except PictureMissing:
            return self._objects.place_of(each.owner, digest)
        return self._objects.put(each.owner, digest, data)
