"""A session's bytes in the object store, sealed for their person."""

from collections.abc import Callable
from typing import TypeVar

from server.errors import KeyReplaced
from server.privacy.vault import Vault
from server.privacy.wrapping import name_of, seal, unseal
from server.records import Owner, Place, SessionEntry, SessionLine
from server.storage.protocols import ObjectStore

T = TypeVar("T")


class SealedObjects:
    """Puts and gets what belongs to somebody; `stored` is what the object store sees of it."""

    def __init__(self, stored: ObjectStore, vault: Vault) -> None:
        self.stored = stored
        self.vault = vault

    def put(self, owner: Owner, digest: bytes, data: bytes) -> Place:
        """Store bytes durably; storing the same twice changes nothing."""
        key = self.vault.sealing(owner.organisation, owner.person)
        name = name_of(key.secret, owner, digest)
        self.stored.put(owner.organisation, name, seal(key.secret, owner, digest, data))
        return Place(name, key.row)

    def place_of(self, owner: Owner, digest: bytes) -> Place:
        """Where bytes would lie that are put now."""
        key = self.vault.sealing(owner.organisation, owner.person)
        return Place(name_of(key.secret, owner, digest), key.row)

    def put_and_list(
        self, owner: Owner, digest: bytes, data: bytes, list_it: Callable[[Place], T]
    ) -> T:
        """Store bytes, then list them: once more if their key was replaced in between."""
        try:
            return list_it(self.put(owner, digest, data))
        except KeyReplaced:
            self.forget_key(owner)
            return list_it(self.put(owner, digest, data))

    def put_again(self, owner: Owner, digest: bytes, data: bytes, place: Place | None) -> None:
        """Store bytes where they are listed: this repairs what was lost or cut short there."""
        if place is None:
            self.stored.put(owner.organisation, digest, data)
            return
        key = self.vault.opening(owner.organisation, owner.person, place.person_key)
        self.stored.put(owner.organisation, place.name, seal(key.secret, owner, digest, data))

    def get(self, owner: Owner, digest: bytes, place: Place | None) -> bytes:
        """The bytes; without a place they are an older version's, and lie there as they are.

        Raises:
            PictureMissing: they are not there, their key was destroyed, or they are another's.
        """
        if place is None:
            return self.stored.get(owner.organisation, digest)
        sealed = self.stored.get(owner.organisation, place.name)
        key = self.vault.opening(owner.organisation, owner.person, place.person_key)
        return unseal(key.secret, owner, digest, sealed)

    def forget_key(self, owner: Owner) -> None:
        """Ask the database for the person's key again."""
        self.vault.forget(owner.organisation, owner.person)


def owner_of(session: SessionEntry | SessionLine, organisation: int) -> Owner:
    """Whose the bytes of a session are."""
    return Owner(organisation, session.person, session.id)
