"""What services ask of storage: people and what they gave."""

from collections.abc import Sequence
from typing import Protocol

from server.records import Person, Role


class People(Protocol):
    """People of one organisation, what they gave of themselves, and the log."""

    def person(self, person: bytes) -> Person | None:
        """A person."""

    def people(self) -> Sequence[Person]:
        """Everybody, by name."""

    def add_person(
        self, name: str, role: Role, login: str | None, password_hash: str | None
    ) -> Person:
        """Add somebody; raises `NameTaken` when the name or the login is in use."""

    def typing_sample(self, person: bytes) -> bytes | None:
        """The person's typing sample as it was stored: sealed."""

    def put_typing_sample(self, person: bytes, message: bytes, now_us: int) -> bool:
        """Store the person's sealed typing sample; whether there was none before."""

    def delete_typing_sample(self, person: bytes) -> bool:
        """Delete the person's typing sample, its bytes too; whether there was one."""
