"""Sessions without evidence, and people who review them."""

import itertools
from collections.abc import Callable

import pytest

from server.records import NewDevice, NewSession, Person, Role, SessionEntry
from tests.server.house import House

SessionOf = Callable[[Person], SessionEntry]
Joining = Callable[[str, Role], Person]


@pytest.fixture
def session_of(house: House) -> SessionOf:
    """Makes a session of somebody's."""
    numbers = itertools.count(1)
    project = house.own.projects()[0].id

    def make(person: Person) -> SessionEntry:
        name = next(numbers).to_bytes(16, "big")
        code = name * 2
        house.own.add_pairing_code(code, person.id, 2)
        new = NewDevice(name, code, code, "p", "0.1.0")
        assert house.installation.store.enrol(code, new, 1) is not None
        entry = house.own.add_session(NewSession(name, person.id, name, project, 1, "0.1.0", 1))
        assert entry is not None
        return entry

    return make


@pytest.fixture
def joining(house: House) -> Joining:
    """Adds somebody."""

    def join(name: str, role: Role) -> Person:
        return house.own.add_person(name, role, None, None)

    return join
