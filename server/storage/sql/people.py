"""People and what they gave of themselves, in SQL."""

import secrets
from collections.abc import Collection, Sequence
from typing import Any

from server.language import N_
from server.records import Person, Role
from server.storage import tables
from server.storage.sql.bound import taken
from server.storage.sql.review_closing import SqlReviewClosing

_ID_BYTES = 16
_ENDED_BY_REMOVAL = (
    tables.pairing_codes,
    tables.second_factors,
    tables.recovery_codes,
    tables.identities,
    tables.password_resets,
)


class SqlPeople(SqlReviewClosing):
    """See `server.storage.protocols.people.People`."""

    def person(self, person: bytes) -> Person | None:
        """A person."""
        row = self._one(self._select(tables.people).where(tables.people.c.id == person))
        return as_person(row) if row else None

    def people(self, *, removed: bool = False) -> Sequence[Person]:
        """Everybody who is here, by name."""
        query = self._select(tables.people).order_by(tables.people.c.name)
        if not removed:
            query = query.where(tables.people.c.removed_us.is_(None))
        return [as_person(row) for row in self._all(query)]

    def people_as(self, roles: Collection[Role]) -> Sequence[Person]:
        """Those here who have one of these roles, by name."""
        table = tables.people
        its = (table.c.removed_us.is_(None), table.c.role.in_([role.value for role in roles]))
        return [
            as_person(row)
            for row in self._all(self._select(table).where(*its).order_by(table.c.name))
        ]

    def people_after(self, after: bytes | None, limit: int) -> Sequence[Person]:
        """People in the order of their ids."""
        table = tables.people
        query = self._select(table).order_by(table.c.id).limit(limit)
        if after is not None:
            query = query.where(table.c.id > after)
        return [as_person(row) for row in self._all(query)]

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
            taken(N_("the name %(name)r or its login is in use"), name=name),
            self._transaction() as connection,
        ):
            connection.execute(self._insert(tables.people, values))
        return person

    def rename_person(self, person: bytes, name: str) -> None:
        """Give a person another name."""
        with taken(N_("the name %(name)r is in use"), name=name):
            self._change(person, name=name)

    def set_role(self, person: bytes, role: Role) -> None:
        """Give a person another role."""
        self._change(person, role=role.value)

    def set_language(self, person: bytes, language: str | None) -> None:
        """Note the language that a person chose."""
        self._change(person, language=language)

    def password_hash(self, person: bytes) -> str | None:
        """The hash of a person's password."""
        table = tables.people
        row = self._one(self._select(table, table.c.password_hash).where(table.c.id == person))
        return row.password_hash if row else None

    def set_password(self, person: bytes, password_hash: str) -> None:
        """Store another password and end every sign-in."""
        self._change(person, password_hash=password_hash, epoch=tables.people.c.epoch + 1)

    def end_sign_ins(self, person: bytes) -> None:
        """End every sign-in of a person."""
        self._change(person, epoch=tables.people.c.epoch + 1)

    def remove_person(self, person: bytes, now_us: int) -> None:
        """Remove a person."""
        table = tables.people
        gone = {"removed_us": now_us, "epoch": table.c.epoch + 1}
        statement = self._update(table).where(table.c.id == person, table.c.removed_us.is_(None))
        with self._transaction() as connection:
            connection.execute(statement.values(login=None, password_hash=None, **gone))
            for theirs in _ENDED_BY_REMOVAL:
                connection.execute(self._delete(theirs).where(theirs.c.person == person))
            # Who can no longer answer is no longer judged.
            self._close_reviews(connection, tables.sessions.c.person == person, now_us)

    def _change(self, person: bytes, **values: object) -> None:
        statement = self._update(tables.people).where(tables.people.c.id == person)
        with self._transaction() as connection:
            connection.execute(statement.values(**values))

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
        self._database.forget_overwritten()
        return gone.rowcount == 0

    def delete_typing_sample(self, person: bytes) -> bool:
        """Delete a sample."""
        table = tables.typing_samples
        with self._transaction() as connection:
            gone = connection.execute(self._delete(table).where(table.c.person == person))
        self._database.forget_overwritten()
        return gone.rowcount > 0


def as_person(row: Any) -> Person:
    """A row of `people` without its password hash."""
    return Person(
        row.organisation,
        row.id,
        row.name,
        Role(row.role),
        row.login,
        row.epoch,
        row.removed_us,
        row.language,
    )
