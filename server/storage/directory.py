"""People, projects, policies, consents and keys in SQL."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection, func
from sqlalchemy.exc import IntegrityError

from server.clock import now_us
from server.errors import NameTaken
from server.records import Person, Project, Role
from server.storage import tables
from server.storage.bound import Bound
from wire.policy import Policy, parse_policy

_ID_BYTES = 16


class SqlDirectory(Bound):
    """See `server.storage.protocols.Directory`."""

    def person(self, person: bytes) -> Person | None:
        """A person."""
        row = self._one(self._select(tables.people).where(tables.people.c.id == person))
        return as_person(row) if row else None

    def people(self) -> Sequence[Person]:
        """Everybody, by name."""
        return [
            as_person(row)
            for row in self._all(self._select(tables.people).order_by(tables.people.c.name))
        ]

    def add_person(
        self, name: str, role: Role, login: str | None, password_hash: str | None
    ) -> Person:
        """Add somebody."""
        person = Person(self.organisation, secrets.token_bytes(_ID_BYTES), name, role, login)
        values = {
            "id": person.id,
            "name": name,
            "role": role.value,
            "login": login,
            "password_hash": password_hash,
        }
        with (
            _taken(f"the name {name!r} or its login is in use"),
            self._transaction() as connection,
        ):
            connection.execute(self._insert(tables.people, values))
        return person

    def projects(self) -> Sequence[Project]:
        """All projects, each with the policy in force."""
        rows = self._all(self._select(tables.projects).order_by(tables.projects.c.name))
        return [Project(row.id, row.name, self._policy_in_force(row.id)) for row in rows]

    def project(self, project: bytes) -> Project | None:
        """A project with the policy in force."""
        row = self._one(self._select(tables.projects).where(tables.projects.c.id == project))
        return Project(row.id, row.name, self._policy_in_force(row.id)) if row else None

    def policy(self, project: bytes, version: int) -> Policy | None:
        """One version of a project's policy."""
        table = tables.policies
        row = self._one(
            self._select(table, table.c.document).where(
                table.c.project == project, table.c.version == version
            )
        )
        return parse_policy(row.document) if row else None

    def add_project(self, name: str, policy: Policy) -> Project:
        """Add a project."""
        project = Project(secrets.token_bytes(_ID_BYTES), name, policy)
        document = {
            "project": project.id,
            "version": policy.version,
            "document": msgspec.json.encode(policy),
        }
        with _taken(f"there is a project {name!r} already"), self._transaction() as connection:
            connection.execute(self._insert(tables.projects, {"id": project.id, "name": name}))
            connection.execute(self._insert(tables.policies, document))
        return project

    def add_policy(self, project: bytes, policy: Policy) -> None:
        """Add the next version of a project's policy."""
        values = {
            "project": project,
            "version": policy.version,
            "document": msgspec.json.encode(policy),
        }
        with _taken(f"there is a version {policy.version} already"), self._transaction() as c:
            c.execute(self._insert(tables.policies, values))

    def add_pairing_code(self, code_hash: bytes, person: bytes, expires_us: int) -> None:
        """Store a code that enrols one device for this person."""
        values = {"code_hash": code_hash, "person": person, "expires_us": expires_us}
        with self._transaction() as connection:
            connection.execute(self._insert(tables.pairing_codes, values))

    def add_platform_key(self, name: str, key_hash: bytes) -> None:
        """Store a platform key."""
        values = {"name": name, "key_hash": key_hash}
        with _taken(f"there is a key {name!r} already"), self._transaction() as connection:
            connection.execute(self._insert(tables.platform_keys, values))

    def consented_version(self, person: bytes, project: bytes) -> int:
        """The policy version this person accepted last and has not withdrawn since."""
        with self._reading.connect() as connection:
            return self._consented(connection, person, project, 0)[0]

    def add_consent(self, person: bytes, project: bytes, policy: Policy, now_us: int) -> int:
        """Store a consent once; after a withdrawal it is given anew."""
        with self._transaction() as connection:
            withdrawn_us = self._withdrawn_us(connection, person, project)
            _, before_us = self._consented(connection, person, project, policy.version)
            if before_us is not None:
                return before_us
            # Later than the withdrawal, whatever the server's clock did in between.
            given_us = max(now_us, withdrawn_us + 1)
            values = {
                "person": person,
                "project": project,
                "policy_version": policy.version,
                "policy_digest": policy.digest(),
                "accepted_us": given_us,
            }
            connection.execute(self._insert(tables.consents, values))
        return given_us

    def typing_sample(self, person: bytes) -> bytes | None:
        """A sample as it was stored."""
        table = tables.typing_samples
        row = self._one(self._select(table, table.c.message).where(table.c.person == person))
        return bytes(row.message) if row else None

    def put_typing_sample(self, person: bytes, message: bytes, now_us: int) -> bool:
        """Store a sample in the place of an older one."""
        table = tables.typing_samples
        with self._transaction() as connection:
            gone = connection.execute(self._delete(table).where(table.c.person == person))
            values = {"person": person, "message": message, "stored_us": now_us}
            connection.execute(self._insert(table, values))
        self._forget_overwritten()
        return gone.rowcount == 0

    def delete_typing_sample(self, person: bytes) -> bool:
        """Delete a sample."""
        table = tables.typing_samples
        with self._transaction() as connection:
            gone = connection.execute(self._delete(table).where(table.c.person == person))
        self._forget_overwritten()
        return gone.rowcount > 0

    def withdraw_consent(self, person: bytes, project: bytes, now_us: int) -> int:
        """Store that no policy of this project is accepted any more; when that was."""
        with self._transaction() as connection:
            withdrawn_us = self._withdrawn_us(connection, person, project)
            _, given_us = self._consented(connection, person, project, 0)
            if given_us is None and withdrawn_us >= 0:
                return withdrawn_us
            at_us = max(now_us, given_us or 0)
            values = {"person": person, "project": project, "withdrawn_us": at_us}
            connection.execute(self._insert(tables.withdrawals, values))
        return at_us

    def _consented(
        self, connection: Connection, person: bytes, project: bytes, at_least: int
    ) -> tuple[int, int | None]:
        """The newest version in force from `at_least` on, and when it was given."""
        table = tables.consents
        query = (
            self._select(table, table.c.policy_version, table.c.accepted_us)
            .where(
                table.c.person == person,
                table.c.project == project,
                table.c.policy_version >= at_least,
                table.c.accepted_us > self._withdrawn_us(connection, person, project),
            )
            .order_by(table.c.policy_version.desc())
            .limit(1)
        )
        row = connection.execute(query).one_or_none()
        return (int(row.policy_version), int(row.accepted_us)) if row else (0, None)

    def _withdrawn_us(self, connection: Connection, person: bytes, project: bytes) -> int:
        """When the consent to this project was withdrawn last; -1: never."""
        table = tables.withdrawals
        query = self._select(table, func.max(table.c.withdrawn_us)).where(
            table.c.person == person, table.c.project == project
        )
        found = connection.execute(query).scalar_one_or_none()
        return -1 if found is None else int(found)

    def audit(self, actor: str, action: str, subject: str) -> None:
        """Add a line to the append-only log."""
        values = {"at_us": now_us(), "actor": actor, "action": action, "subject": subject}
        with self._transaction() as connection:
            connection.execute(self._insert(tables.audit_log, values))

    def _policy_in_force(self, project: bytes) -> Policy:
        table = tables.policies
        newest = (
            self._select(table, table.c.document)
            .where(table.c.project == project)
            .order_by(table.c.version.desc())
            .limit(1)
        )
        with self._reading.connect() as connection:
            return parse_policy(connection.execute(newest).scalar_one())


def as_person(row: Any) -> Person:
    """A row of `people` without its password hash."""
    return Person(row.organisation, row.id, row.name, Role(row.role), row.login)


@contextmanager
def _taken(sentence: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise NameTaken(sentence) from error
