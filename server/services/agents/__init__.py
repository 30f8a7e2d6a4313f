"""What a device may ask for, one idea a module."""

from dataclasses import dataclass

from server.operation.config import Settings
from server.operation.keys import ServerKeys
from server.privacy.sealed import SealedObjects
from server.services.agents.consents import Consents
from server.services.agents.devices import Devices
from server.services.agents.objects import Objects
from server.services.agents.samples import Samples
from server.services.agents.sessions import Sessions
from server.storage.protocols import Store


@dataclass(frozen=True, slots=True)
class Agents:
    """The services behind the agent's JSON routes."""

    devices: Devices
    consents: Consents
    sessions: Sessions
    objects: Objects
    samples: Samples


def agent_services(
    store: Store, objects: SealedObjects, keys: ServerKeys, settings: Settings
) -> Agents:
    """The services on an opened installation."""
    return Agents(
        Devices(store, keys),
        Consents(store, settings),
        Sessions(store, keys, settings),
        Objects(store, objects, settings),
        Samples(store, keys),
    )


__all__ = ["Agents", "agent_services"]
