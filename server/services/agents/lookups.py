"""What a device may name: its organisation's projects and its own sessions."""

from server.errors import Refusal, not_found
from server.records import Device, Project, SessionEntry
from server.services.removal import check_here
from server.storage.protocols import Store
from wire.problems import ProblemCode


def own_session(store: Store, device: Device, session: bytes) -> SessionEntry:
    """A session of this device; raises `Refusal`."""
    entry = store.of(device.organisation).session(session)
    if entry is None:
        raise Refusal(ProblemCode.UNKNOWN_SESSION, 404, "Open the session first.")
    if entry.device != device.id:
        raise Refusal(ProblemCode.WRONG_DEVICE, 403, "The session is another device's.")
    return entry


def own_project(store: Store, device: Device, project: bytes) -> Project:
    """A project of this device's organisation; raises `Refusal`."""
    found = store.of(device.organisation).project(project)
    if found is None:
        raise not_found()
    return found


def open_project(store: Store, device: Device, project: bytes) -> Project:
    """A project that this device's person may begin to work on; raises `Refusal`."""
    own = store.of(device.organisation)
    check_here(own.person(device.person))
    found = own_project(store, device, project)
    if project in own.projects_closed_to(device.person):
        raise not_found()
    return found
