"""Opens the keys under which evidence is sealed, and makes those that are missing.

What is opened is remembered for a minute at most, so that a key that was destroyed or replaced on
another node is forgotten here.
"""

from dataclasses import dataclass, field

from server.clock import now_us
from server.errors import KeyUnusable, PictureMissing
from server.operation.keys import ServerKeys
from server.privacy.wrapping import (
    key_id,
    new_key,
    unwrap_for_organisation,
    unwrap_for_person,
    wrap_for_organisation,
    wrap_for_person,
    wrapped_by,
)
from server.recent import Recent
from server.records import OrganisationKey, PersonKey
from server.storage.protocols import OrganisationStore, Store

REMEMBERED_S = 60.0
_REMEMBERED = 10_000
_TRIES = 3


@dataclass(frozen=True, slots=True)
class DataKey:
    """A person's key, open."""

    row: int
    secret: bytes = field(repr=False)


class Vault:
    """The keys of all organisations and people."""

    def __init__(self, store: Store, keys: ServerKeys) -> None:
        self._store = store
        self._keys = keys
        self._organisations: Recent[tuple[int, int], bytes] = Recent(_REMEMBERED, REMEMBERED_S)
        self._people: Recent[tuple[int, int], DataKey] = Recent(_REMEMBERED, REMEMBERED_S)
        self._newest: Recent[tuple[int, bytes], DataKey] = Recent(_REMEMBERED, REMEMBERED_S)

    def sealing(self, organisation: int, person: bytes) -> DataKey:
        """The key that seals for a person now; made if there is none."""
        who = (organisation, person)
        found = self._newest.get(who)
        if found is None:
            own = self._store.of(organisation)
            kept = next(iter(own.person_keys(person)), None) or self._add(own, who, 0)
            found = self._open(organisation, kept)
            self._newest.put(who, found)
        return found

    def opening(self, organisation: int, person: bytes, row: int) -> DataKey:
        """One of a person's keys.

        Raises:
            PictureMissing: it was destroyed, and what it sealed with it.
        """
        found = self._people.get((organisation, row))
        if found is None:
            kept = self._store.of(organisation).person_keys(person)
            mine = next((each for each in kept if each.row == row), None)
            if mine is None:
                raise PictureMissing("its key was destroyed")
            found = self._open(organisation, mine)
        return found

    def replace(self, organisation: int, person: bytes) -> DataKey:
        """A new key that seals for a person from now on, beside those that there are."""
        own, who = self._store.of(organisation), (organisation, person)
        newest = max((each.row for each in own.person_keys(person)), default=0)
        found = self._open(organisation, self._add(own, who, newest))
        self._newest.put(who, found)
        return found

    def forget(self, organisation: int, person: bytes) -> None:
        """Remember no key of a person: one of them is gone."""
        self._newest.drop((organisation, person))

    def rewrap_organisation(self, organisation: int) -> bool:
        """Wrap the organisation's keys by the installation's key in force; whether any was not."""
        own, changed = self._store.of(organisation), False
        secret = self._keys.vault_secret
        for key in own.organisation_keys():
            if wrapped_by(key.wrapped) != key_id(secret):
                opened = self._unwrap(organisation, key)
                again = wrap_for_organisation(secret, organisation, opened)
                changed |= own.rewrap_organisation_key(key.row, key.wrapped, again)
        return changed

    def replace_organisation(self, organisation: int) -> OrganisationKey:
        """A new key that wraps people's keys from now on, beside those that there are."""
        own = self._store.of(organisation)
        newest = max((each.row for each in own.organisation_keys()), default=0)
        return own.add_organisation_key(self._new(organisation), newest, now_us())

    def rewrapped(self, organisation: int, key: PersonKey, by: OrganisationKey) -> bytes:
        """A person's key, wrapped by another key of the organisation."""
        secret = self._open(organisation, key).secret
        return wrap_for_person(self._unwrap(organisation, by), organisation, key.person, secret)

    def _add(self, own: OrganisationStore, who: tuple[int, bytes], newest: int) -> PersonKey:
        organisation, person = who
        for _ in range(_TRIES):
            by = next(iter(own.organisation_keys()), None) or own.add_organisation_key(
                self._new(organisation), 0, now_us()
            )
            wrapped = wrap_for_person(
                self._unwrap(organisation, by), organisation, person, new_key()
            )
            added = own.add_person_key(person, by.row, wrapped, newest, now_us())
            if added is not None:
                return added
        raise KeyUnusable("the organisation's key is being replaced; try again")

    def _new(self, organisation: int) -> bytes:
        return wrap_for_organisation(self._keys.vault_secret, organisation, new_key())

    def _open(self, organisation: int, key: PersonKey) -> DataKey:
        found = self._people.get((organisation, key.row))
        if found is None:
            own = self._store.of(organisation)
            by = next((k for k in own.organisation_keys() if k.row == key.organisation_key), None)
            if by is None:
                raise KeyUnusable("the key that wraps a person's key is gone")
            opened = self._unwrap(organisation, by)
            secret = unwrap_for_person(opened, organisation, key.person, key.wrapped)
            found = DataKey(key.row, secret)
            self._people.put((organisation, key.row), found)
        return found

    def _unwrap(self, organisation: int, key: OrganisationKey) -> bytes:
        found = self._organisations.get((organisation, key.row))
        if found is None:
            wanted = wrapped_by(key.wrapped)
            secret = next((s for s in self._keys.vault_secrets if key_id(s) == wanted), None)
            if secret is None:
                raise KeyUnusable(
                    f"keys/ lacks the vault key {wanted.hex()} that wraps an organisation's key; "
                    "copy it from another node or from a backup"
                )
            found = unwrap_for_organisation(secret, organisation, key.wrapped)
            self._organisations.put((organisation, key.row), found)
        return found
