"""What an operator does on the command line: people, projects, pairing codes, platform keys."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from server.clock import now_us
from server.errors import NameTaken, NotKnown, ServerError
from server.operation.config import Settings
from server.operation.keys import hash_of, new_token
from server.records import (
    DeviceLine,
    NewAdministrator,
    Organisation,
    Person,
    PlatformKey,
    Project,
    Role,
    Scope,
)
from server.services.devices import DeviceRegister
from server.services.naming import checked_name
from server.services.platform_keys import PlatformKeyRegister
from server.services.policies import Policies
from server.signin.passwords import checked_password, hash_password, new_password
from server.storage.protocols import OrganisationStore, Store

_ACTOR = "operator"


@dataclass(frozen=True, slots=True)
class NewSignIn:
    """A person who can sign in, and the password if it was made up here."""

    person: Person
    password: str | None = field(repr=False)


class Administration:
    """The operator's services on one organisation: the only one, or the one that is named."""

    def __init__(self, store: Store, settings: Settings, organisation: str | None = None) -> None:
        self._store = store
        self._settings = settings
        self._organisation = organisation

    def found(self, organisation: str, admin_password: str | None) -> NewSignIn | None:
        """Make the organisation and its administrator; None if that was done before.

        Raises:
            NameTaken: another `init` did so at the same moment.
        """
        if self._store.organisations():
            return None
        made = None if admin_password else new_password()
        hashed = hash_password(checked_password(admin_password or made or ""))
        admin = NewAdministrator("Administrator", "admin", hashed)
        person = self._store.found(checked_name(organisation), admin, now_us())
        if person is None:
            return None
        self._own.audit(_ACTOR, "person.added", person.id.hex())
        return NewSignIn(person, made)

    def add_organisation(self, name: str, login: str, password: str | None) -> NewSignIn:
        """Add an organisation with its first administrator; raises `NameTaken`."""
        checked_name(login)
        if self._store.login_in_use(login):
            raise NameTaken("that login is in use; give the administrator another one")
        secret = checked_password(password) if password else None
        self._organisation = checked_name(name)
        self._store.add_organisation(self._organisation, now_us())
        return self.add_person("Administrator", Role.ADMIN, login, secret)

    def add_person(
        self, name: str, role: Role, login: str | None, password: str | None
    ) -> NewSignIn:
        """Add somebody; with a login and no password, one is made up."""
        made = new_password() if login and not password else None
        secret = password or made
        if password and not login:
            raise ServerError("a password needs a login")
        hashed = hash_password(checked_password(secret)) if login and secret else None
        known_as = checked_name(login) if login else None
        person = self._own.add_person(checked_name(name), role, known_as, hashed)
        self._own.audit("operator", "person.added", person.id.hex())
        return NewSignIn(person, made)

    @property
    def policies(self) -> Policies:
        """Projects and their policies."""
        return Policies(self._own, _ACTOR)

    def add_project(self, name: str, document: bytes) -> Project:
        """Add a project with its policy; raises `wire.errors.PolicyInvalid`."""
        return self.policies.add_project(name, document)

    @property
    def pairing_code_minutes(self) -> int:
        """How long a pairing code can be used."""
        return self._settings.pairing_code_minutes

    def pair(self, person_name: str) -> str:
        """A pairing code for this person's next device."""
        register = DeviceRegister(self._own, _ACTOR)
        return register.new_code(self._person(person_name), self._settings.pairing_code_minutes)

    def devices(self, person_name: str | None = None) -> Sequence[DeviceLine]:
        """Devices, the newest first; of one person, if one is named."""
        person = self._person(person_name) if person_name is not None else None
        return DeviceRegister(self._own, _ACTOR).devices(person)

    def revoke_device(self, device_hex: str) -> None:
        """Take nothing from a device any more; raises `NotKnown`."""
        DeviceRegister(self._own, _ACTOR).revoke(device_hex)

    def _person(self, name: str) -> Person:
        person = next((each for each in self._own.people() if each.name == name), None)
        if person is None:
            raise NotKnown("there is nobody of that name; see 'veritype-server user add'")
        return person

    def add_platform_key(self, name: str, scopes: Set[Scope] = frozenset(Scope)) -> str:
        """A platform key with these scopes, all if none are named; stored as a hash only."""
        key = new_token("vtp")
        self._own.add_platform_key(checked_name(name), hash_of(key), scopes, now_us())
        self._own.audit("operator", "key.added", name)
        return key

    def platform_keys(self) -> Sequence[PlatformKey]:
        """All keys, the revoked ones too."""
        return self._own.platform_keys()

    def revoke_platform_key(self, name: str) -> None:
        """Revoke a key: its next call is refused; raises `NotKnown`."""
        register = PlatformKeyRegister(self._own, _ACTOR)
        key = next((k for k in register.listed() if k.name == name), None)
        if key is None:
            raise NotKnown("there is no key of that name; see 'veritype-server key list'")
        register.revoke(key)

    @property
    def organisation(self) -> Organisation:
        """The organisation that the commands are about; raises `NotKnown`."""
        found = self._store.organisations()
        if self._organisation is None and len(found) > 1:
            names = ", ".join(repr(each.name) for each in found)
            raise NotKnown(f"say which with --organisation: {names}")
        for each in found:
            if self._organisation in (None, each.name):
                return each
        raise NotKnown(
            "there is no organisation of that name; see 'veritype-server organisation list'"
            if found
            else "there is no organisation yet; run 'veritype-server init' first"
        )

    @property
    def _own(self) -> OrganisationStore:
        return self._store.of(self.organisation.id)
