"""What services ask of storage: people and what they gave."""

from collections.abc import Collection, Sequence
from typing import Protocol

from server.records import Person, Role


class People(Protocol):
    """People of one organisation, what they gave of themselves, and the log."""

    def person(self, person: bytes) -> Person | None:
        """A person."""

    def people(self, *, removed: bool = False) -> Sequence[Person]:
        """Everybody who is here, by name; with `removed` those who were removed too."""

    def people_as(self, roles: Collection[Role]) -> Sequence[Person]:
        """Those here who have one of these roles, by name."""

    def people_after(self, after: bytes | None, limit: int) -> Sequence[Person]:
        """People in the order of their ids, behind one of them; those who were removed too."""

    def add_person(
        self, name: str, role: Role, login: str | None, password_hash: str | None
    ) -> Person:
        """Add somebody; raises `NameTaken` when the name or the login is in use."""

    def rename_person(self, person: bytes, name: str) -> None:
        """Give a person another name; raises `NameTaken`."""

    def set_role(self, person: bytes, role: Role) -> None:
        """Give a person another role."""

    def set_language(self, person: bytes, language: str | None) -> None:
        """Note the language that a person chose; None: the one that their browser asks for."""

    def password_hash(self, person: bytes) -> str | None:
        """The argon2id hash of a person's password; None: they have none."""

    def set_password(self, person: bytes, password_hash: str) -> None:
        """Store another password and end every sign-in."""

    def end_sign_ins(self, person: bytes) -> None:
        """End every sign-in of a person."""

    def remove_person(self, person: bytes, now_us: int) -> None:
        """Remove a person: no sign-in, login, factor or link of theirs is left, no review open."""

    def typing_sample(self, person: bytes) -> bytes | None:
        """The person's typing sample as it was stored: sealed."""

    def put_typing_sample(self, person: bytes, message: bytes, now_us: int) -> bool:
        """Store the person's sealed typing sample; whether there was none before."""

    def delete_typing_sample(self, person: bytes) -> bool:
        """Delete the person's typing sample, its bytes too; whether there was one."""
