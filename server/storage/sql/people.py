"""People and what they gave of themselves, in SQL."""

import secrets
from collections.abc import Sequence
from typing import Any

from server.records import Person, Role
from server.storage import tables
from server.storage.sql.bound import Bound, taken

_ID_BYTES = 16


class SqlPeople(Bound):
    """See `server.storage.protocols.people.People`."""

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
            taken(f"the name {name!r} or its login is in use"),
            self._transaction() as connection,
        ):
            connection.execute(self._insert(tables.people, values))
        return person

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


def as_person(row: Any) -> Person:
    """A row of `people` without its password hash."""
    return Person(row.organisation, row.id, row.name, Role(row.role), row.login)
