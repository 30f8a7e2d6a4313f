"""What an operator does on the command line: people, projects, pairing codes, platform keys."""

from dataclasses import dataclass, field

from server.clock import now_us
from server.errors import NotKnown, ServerError
from server.operation.config import Settings
from server.operation.keys import hash_of, hash_of_code, new_pairing_code, new_token
from server.records import Person, Project, Role
from server.signin.passwords import MAX_CHARS, MIN_CHARS, hash_password, new_password
from server.storage.protocols import OrganisationStore, Store
from wire.policy import parse_policy

_NAME_MAX_CHARS = 120
_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class NewSignIn:
    """A person who can sign in, and the password if it was made up here."""

    person: Person
    password: str | None = field(repr=False)


class Administration:
    """The operator's services, on the organisation that `init` made."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def found(self, organisation: str, admin_password: str | None) -> NewSignIn | None:
        """Make the organisation and its administrator; None if that was done before."""
        try:
            self._store.first_organisation()
        except NotKnown:
            self._store.add_organisation(_name(organisation), now_us())
            return self.add_person("Administrator", Role.ADMIN, "admin", admin_password)
        return None

    def add_person(
        self, name: str, role: Role, login: str | None, password: str | None
    ) -> NewSignIn:
        """Add somebody; with a login and no password, one is made up."""
        made = new_password() if login and not password else None
        secret = password or made
        if secret is not None and not MIN_CHARS <= len(secret) <= MAX_CHARS:
            raise ServerError(f"a password has {MIN_CHARS} to {MAX_CHARS} characters")
        if password and not login:
            raise ServerError("a password needs a login")
        hashed = hash_password(secret) if login and secret else None
        person = self._own.add_person(_name(name), role, _name(login) if login else None, hashed)
        return NewSignIn(person, made)

    def add_project(self, name: str, document: bytes) -> Project:
        """Add a project with its policy; raises `wire.errors.PolicyInvalid`."""
        return self._own.add_project(_name(name), parse_policy(document))

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

    def pair(self, person_name: str) -> str:
        """A pairing code for this person's next device."""
        person = next((p for p in self._own.people() if p.name == person_name), None)
        if person is None:
            raise NotKnown("there is nobody of that name; see 'veritype-server user add'")
        code = new_pairing_code()
        lasts_us = self._settings.pairing_code_minutes * _MINUTE_US
        self._own.add_pairing_code(hash_of_code(code), person.id, now_us() + lasts_us)
        return code

    def add_platform_key(self, name: str) -> str:
        """A platform key; it is stored as a hash only."""
        key = new_token("vtp")
        self._own.add_platform_key(_name(name), hash_of(key))
        return key

    @property
    def _own(self) -> OrganisationStore:
        return self._store.of(self._store.first_organisation())


def _name(text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= _NAME_MAX_CHARS or not name.isprintable():
        raise ServerError(f"a name has 1 to {_NAME_MAX_CHARS} printable characters")
    return name
