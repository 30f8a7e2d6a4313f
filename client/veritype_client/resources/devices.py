"""Devices, and what each can observe."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from veritype_client.resources.asking import Asking, Kind, Named, id_in_path


class Device(msgspec.Struct, frozen=True):
    """A device; `observes` says of each source whether the device can observe it."""

    id: str
    person: Named
    platform: str
    agent_version: str
    enrolled_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    observes: dict[str, str] | None


_DEVICE = Kind(Device)


class Devices(Asking):
    """What people work with."""

    def devices(self, person: str | None = None) -> Iterator[Device]:
        """All devices, or one person's. Scope `devices:read`."""
        return self._all(_DEVICE, "/v1/devices", "devices", {"person": person})

    def device(self, device: str) -> Device:
        """One device. Scope `devices:read`."""
        return self._get(_DEVICE, f"/v1/devices/{id_in_path(device)}")
