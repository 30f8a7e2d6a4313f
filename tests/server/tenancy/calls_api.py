"""Calls of the platform's routes about people, projects, devices and sessions."""

from collections.abc import Mapping

from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids


def _people(_ids: Ids, _device: Device) -> Call:
    return Call("/v1/people", names=False)


def _person(ids: Ids, _device: Device) -> Call:
    return Call(f"/v1/people/{ids.person.hex()}")


def _invite(_ids: Ids, _device: Device) -> Call:
    return Call("/v1/invitations", names=False, content=b"{}")


CALLS: Mapping[tuple[str, str], Case] = {
    ("GET", "/v1/people"): _people,
    ("GET", "/v1/people/{person_id}"): _person,
    ("DELETE", "/v1/people/{person_id}"): _person,
    ("POST", "/v1/invitations"): _invite,
}
