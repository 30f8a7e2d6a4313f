"""`/v1/people`: who is in the organisation."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Security

from server.clock import iso_utc
from server.records import Person, Role, Scope
from server.routes.v1.asking import AskerOf
from server.services.asking import Asker
from server.services.people import Directory


@dataclass(frozen=True, slots=True)
class PersonOut:
    """A person; `removed_at` is null for those who are here."""

    id: str
    name: str
    role: Role
    removed_at: str | None


@dataclass(frozen=True, slots=True)
class PeopleOut:
    """Everybody of the organisation, by name."""

    people: list[PersonOut]


def people_router(directory: Directory, asker_of: AskerOf) -> APIRouter:
    """The routes about people."""
    router = APIRouter(prefix="/v1")
    PeopleReader = Annotated[Asker, Security(asker_of, scopes=[Scope.PEOPLE_READ.value])]  # noqa: N806

    @router.get("/people")
    def people(asker: PeopleReader) -> PeopleOut:
        """Everybody, those who were removed too: evidence names them."""
        return PeopleOut([_person_out(person) for person in directory.everybody(asker)])

    return router


def _person_out(person: Person) -> PersonOut:
    removed_at = iso_utc(person.removed_us) if person.removed_us is not None else None
    return PersonOut(person.id.hex(), person.name, person.role, removed_at)
