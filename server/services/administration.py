"""What an operator does on the command line: people, projects, pairing codes, platform keys."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from server.clock import now_us
from server.errors import NameTaken, NotKnown, ServerError
from server.operation.config import Settings
from server.operation.keys import hash_of, hash_of_code, new_pairing_code, new_token
from server.records import Organisation, Person, PlatformKey, Project, Role, Scope
from server.services.naming import checked_name
from server.signin.passwords import checked_password, hash_password, new_password
from server.storage.protocols import OrganisationStore, Store
from wire.policy import parse_policy

_MINUTE_US = 60_000_000


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
        """Make the organisation and its administrator; None if that was done before."""
        if self._store.organisations():
            return None
        self._store.add_organisation(checked_name(organisation), now_us())
        return self.add_person("Administrator", Role.ADMIN, "admin", admin_password)

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

    def add_project(self, name: str, document: bytes) -> Project:
        """Add a project with its policy; raises `wire.errors.PolicyInvalid`."""
        return self._own.add_project(checked_name(name), parse_policy(document))

    def change_policy(self, name: str, document: bytes) -> Project:
        """Put a later version of a project's policy in force; open sessions keep theirs."""
        policy = parse_policy(document)
        project = next((p for p in self._own.projects() if p.name == name), None)
        if project is None:
            raise NotKnown("there is no project of that name; see 'veritype-server project add'")
        if policy.version <= project.policy.version:
            raise ServerError(
                f"version {project.policy.version} is in force; the new one needs a higher number"
            )
        self._own.add_policy(project.id, policy)
        return Project(project.id, project.name, policy)

    @property
    def pairing_code_minutes(self) -> int:
        """How long a pairing code can be used."""
        return self._settings.pairing_code_minutes

    def pair(self, person_name: str) -> str:
        """A pairing code for this person's next device."""
        person = next((p for p in self._own.people() if p.name == person_name), None)
        if person is None:
            raise NotKnown("there is nobody of that name; see 'veritype-server user add'")
        code = new_pairing_code()
        lasts_us = self._settings.pairing_code_minutes * _MINUTE_US
        self._own.add_pairing_code(hash_of_code(code), person.id, now_us() + lasts_us)
        return code

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
        key = next((k for k in self._own.platform_keys() if k.name == name), None)
        if key is None:
            raise NotKnown("there is no key of that name; see 'veritype-server key list'")
        if not self._own.revoke_platform_key(key.row, now_us()):
            raise NotKnown("that key was revoked before")
        self._own.audit("operator", "key.revoked", name)

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
