"""Keys, and what is sealed: each method, called with what is another organisation's."""

from collections.abc import Callable, Mapping
from typing import Any

from server.records import Owner, Place, ToReseal
from server.storage.protocols import OrganisationStore

Call = Callable[[OrganisationStore, Any], object]
_PLACE = Place(bytes(32), 1)


def _moved(stolen: Any) -> ToReseal:
    owner = Owner(stolen.entry.organisation, stolen.person, stolen.entry.id)
    return ToReseal(owner, stolen.entry.row, (stolen.object.digest,), (stolen.object.place,))


CASES: Mapping[str, Call] = {
    "forget_organisation_key": lambda s, _: s.forget_organisation_key(1),
    "forget_person_key": lambda s, _: s.forget_person_key(1),
    "move_sealed": lambda s, x: s.move_sealed(_moved(x), [_PLACE]),
    "organisation_keys": lambda s, _: s.organisation_keys(),
    "person_keys": lambda s, x: s.person_keys(x.person),
    "person_keys_under": lambda s, _: s.person_keys_under(1, 10),
    "plain_in_use": lambda s, x: s.plain_in_use(x.object.digest),
    "rewrap_organisation_key": lambda s, _: s.rewrap_organisation_key(1, b"", b""),
    "rewrap_person_keys": lambda s, _: s.rewrap_person_keys(1, {1: b"mine"}),
    "sealed_under": lambda s, _: s.sealed_under(1, 10),
    "unsealed": lambda s, _: s.unsealed(10),
}
OWN: Mapping[str, Call] = {
    "add_organisation_key": lambda s, _: s.add_organisation_key(b"own", 0, 1),
    # The organisation's own newest key, and somebody else's person.
    "add_person_key": lambda s, x: s.add_person_key(
        x.person, s.add_organisation_key(b"own", 0, 1).row, b"mine", 0, 1
    ),
}
