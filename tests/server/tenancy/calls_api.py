"""Calls of the platform's routes about people, projects, devices and sessions."""

from collections.abc import Mapping

from tests.server.device import Device
from tests.server.tenancy.naming import Call, Case, Ids


def _people(_ids: Ids, _device: Device) -> Call:
    return Call("/v1/people", names=False)


def _person(ids: Ids, _device: Device) -> Call:
    return Call(f"/v1/people/{ids.person.hex()}")


def _assessments(ids: Ids, _device: Device) -> Call:
    return Call("/v1/assessments", names=False, params={"person": ids.person.hex()})


def _invite(_ids: Ids, _device: Device) -> Call:
    return Call("/v1/invitations", names=False, content=b"{}")


def _projects(_ids: Ids, _device: Device) -> Call:
    return Call("/v1/projects", names=False)


def _project(ids: Ids, _device: Device) -> Call:
    return Call(f"/v1/projects/{ids.project.hex()}")


def _policies(ids: Ids, _device: Device) -> Call:
    return Call(f"/v1/projects/{ids.project.hex()}/policies")


def _devices(ids: Ids, _device: Device) -> Call:
    return Call("/v1/devices", names=False, params={"person": ids.person.hex()})


def _one_device(ids: Ids, _device: Device) -> Call:
    return Call(f"/v1/devices/{ids.device.hex()}")


CALLS: Mapping[tuple[str, str], Case] = {
    ("GET", "/v1/assessments"): _assessments,
    ("GET", "/v1/people"): _people,
    ("GET", "/v1/people/{person_id}"): _person,
    ("DELETE", "/v1/people/{person_id}"): _person,
    ("POST", "/v1/invitations"): _invite,
    ("GET", "/v1/projects"): _projects,
    ("GET", "/v1/projects/{project_id}"): _project,
    ("GET", "/v1/projects/{project_id}/policies"): _policies,
    ("GET", "/v1/devices"): _devices,
    ("GET", "/v1/devices/{device_id}"): _one_device,
}
