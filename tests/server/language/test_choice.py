"""The language that somebody chose, as it is stored."""

from tests.server.house import House
from tests.server.storages import ON_BOTH

pytestmark = ON_BOTH


def test_a_choice_is_kept_and_goes_with_an_erasure(house: House) -> None:
    own, person = house.own, house.trainer.id
    own.set_language(person, "it")
    found = own.person(person)
    assert found is not None
    assert found.language == "it"
    own.finish_erasure(person, "Erased 1", "operator", 1)
    found = own.person(person)
    assert found is not None
    assert found.language is None
