"""`/v1/people`: who is in the organisation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Security
from pydantic.dataclasses import dataclass

from server.clock import iso_utc
from server.http.etags import IfMatch, if_match
from server.http.paging import PageAsked, Paging
from server.records import Person, Role, Scope
from server.routes.v1.asking import AskerOf
from server.routes.v1.strict import StrictRoute
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
    """A page of people; `next` is the cursor of the page after, null at the end."""

    people: list[PersonOut]
    next: str | None


def people_router(directory: Directory, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about people."""
    router = APIRouter(prefix="/v1", tags=["people"], route_class=StrictRoute)
    PeopleReader = Annotated[Asker, Security(asker_of, scopes=[Scope.PEOPLE_READ.value])]  # noqa: N806
    PeopleWriter = Annotated[Asker, Security(asker_of, scopes=[Scope.PEOPLE_WRITE.value])]  # noqa: N806

    @router.get("/people")
    def people(asker: PeopleReader, asked: Annotated[PageAsked, Depends(paging)]) -> PeopleOut:
        """Everybody, in the order of their ids; those who were removed too: evidence names them."""
        found = directory.listed(asker, asked.after(asker, bytes), asked.to_read)
        page = asked.page(asker, found, lambda person: person.id)
        return PeopleOut([_person_out(person) for person in page.items], page.next)

    @router.get("/people/{person_id}")
    def person(person_id: str, asker: PeopleReader) -> PersonOut:
        """One person, who may have been removed."""
        return _person_out(directory.somebody(asker, person_id))

    @router.delete("/people/{person_id}")
    def remove(
        person_id: str, asker: PeopleWriter, seen: Annotated[IfMatch, Depends(if_match)]
    ) -> PersonOut:
        """Remove a trainer: nothing new begins for them; what they did, and what it earns, stays.

        Work that was done before still comes in for a week. To remove somebody who was removed
        changes nothing. Other roles are for an administrator to remove, in the console: here they
        are answered 404.
        """
        found = directory.somebody(asker, person_id)
        seen.check(_person_out(found))
        if found.removed_us is None:
            directory.remove(asker, found)
        return _person_out(directory.somebody(asker, person_id))

    return router


def _person_out(person: Person) -> PersonOut:
    removed_at = iso_utc(person.removed_us) if person.removed_us is not None else None
    return PersonOut(person.id.hex(), person.name, person.role, removed_at)
