"""Platform keys of an organisation: made, listed, revoked."""

from collections.abc import Sequence, Set

from server.clock import now_us
from server.errors import NotKnown, ServerError
from server.language import N_
from server.operation.keys import hash_of, new_token
from server.records import PlatformKey, Scope
from server.services.naming import checked_name
from server.storage.protocols import OrganisationStore


class PlatformKeyRegister:
    """The keys of one organisation; `actor` is who is noted in the log."""

    def __init__(self, store: OrganisationStore, actor: str) -> None:
        self._store = store
        self._actor = actor

    def add(self, name: str, scopes: Set[Scope]) -> str:
        """A new key with these scopes; stored as a hash only. Raises `ServerError`."""
        known_as = checked_name(name)
        if not scopes:
            raise ServerError(N_("a key that may do nothing is of no use; choose what it may do"))
        key = new_token("vtp")
        self._store.add_platform_key(known_as, hash_of(key), scopes, now_us())
        self._store.audit(self._actor, "key.added", known_as)
        return key

    def listed(self) -> Sequence[PlatformKey]:
        """All keys by name, the revoked ones too."""
        return self._store.platform_keys()

    def revoke(self, key: PlatformKey) -> None:
        """Refuse its next call; raises `NotKnown` if that is so already."""
        if not self._store.revoke_platform_key(key.row, now_us()):
            raise NotKnown(N_("that key was revoked before"))
        self._store.audit(self._actor, "key.revoked", key.name)
