"""People, and how they join."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from veritype_client.resources.asking import Asking, Kind, Tagged, id_in_path
from veritype_client.transport import decoded


class Person(Tagged, frozen=True):
    """A person; `removed_at` is None for those who are here."""

    id: str
    name: str
    role: str
    removed_at: datetime | None


class Invitation(msgspec.Struct, frozen=True):
    """A link by which one person joins: give it to them, and to nobody else."""

    link: str
    role: str
    expires_at: datetime


_PERSON, _INVITATION = Kind(Person), Kind(Invitation)


class People(Asking):
    """Who is in the organisation."""

    def people(self) -> Iterator[Person]:
        """Everybody, those who were removed too. Scope `people:read`."""
        return self._all(_PERSON, "/v1/people", "people")

    def person(self, person: str) -> Person:
        """One person. Scope `people:read`."""
        return self._get_tagged(_PERSON, f"/v1/people/{id_in_path(person)}")

    def invite(self, email: str | None = None, *, key: str | None = None) -> Invitation:
        """Invite a trainer. Scope `people:write`.

        Args:
            email: whose the invitation is, and their login; None: whoever has the link.
            key: an idempotency key of your own, to go on after your own program was cut off.
        """
        body = {} if email is None else {"email": email}
        return self._post(_INVITATION, "/v1/invitations", body, key=key)

    def remove_person(self, person: str, *, seen: str | None = None) -> Person:
        """Remove a trainer; what they did, and what it earns, stays. Scope `people:write`.

        Args:
            person: by id.
            seen: `Person.etag` of what you saw; `Changed` if it is not that any more.
        """
        path = f"/v1/people/{id_in_path(person)}"
        found: Person = decoded(_PERSON.one, self._transport.ask("DELETE", path, seen=seen).body)
        return found
