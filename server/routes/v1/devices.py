"""`/v1/devices`: what each can observe, and whether anything is still taken from it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Security
from pydantic.dataclasses import dataclass

from server.clock import iso_utc
from server.http.paging import PageAsked, Paging
from server.records import DeviceLine, Scope
from server.routes.v1.asking import AskerOf
from server.routes.v1.references import PersonRef
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from server.services.catalogue import Catalogue
from server.services.observing import observed
from wire.codes import Ability, Observable


@dataclass(frozen=True, slots=True)
class DeviceOut:
    """A device of a trainer.

    `seen_at` is when it was heard of last, to the hour. `observes` says of each source whether
    the device can observe it (`yes`, `no`, `unknown`); it is null if the device did not say. What
    it cannot observe is no fault of its owner's: those minutes count as partly observed.
    """

    id: str
    person: PersonRef
    platform: str
    agent_version: str
    enrolled_at: str
    revoked_at: str | None
    seen_at: str | None
    observes: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class DevicesOut:
    """A page of devices; `next` is the cursor of the page after, null at the end."""

    devices: list[DeviceOut]
    next: str | None


def devices_router(catalogue: Catalogue, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about devices."""
    router = APIRouter(prefix="/v1", tags=["devices"], route_class=StrictRoute)
    DevicesReader = Annotated[Asker, Security(asker_of, scopes=[Scope.DEVICES_READ.value])]  # noqa: N806

    @router.get("/devices")
    def devices(
        asker: DevicesReader,
        asked: Annotated[PageAsked, Depends(paging)],
        person: Annotated[str | None, Query(description="Only this person's, by id.")] = None,
    ) -> DevicesOut:
        """All devices, in the order of their ids; those that were revoked too."""
        found = catalogue.devices(asker, person, asked.after(asker, bytes), asked.to_read)
        page = asked.page(asker, found, lambda device: device.id)
        return DevicesOut([_device_out(device) for device in page.items], page.next)

    @router.get("/devices/{device_id}")
    def device(device_id: str, asker: DevicesReader) -> DeviceOut:
        """One device."""
        return _device_out(catalogue.device(asker, device_id))

    return router


def _device_out(device: DeviceLine) -> DeviceOut:
    return DeviceOut(
        id=device.id.hex(),
        person=PersonRef(device.person.hex(), device.person_name),
        platform=device.platform,
        agent_version=device.agent_version,
        enrolled_at=iso_utc(device.enrolled_us),
        revoked_at=iso_utc(device.revoked_us) if device.revoked_us is not None else None,
        seen_at=iso_utc(device.seen_us) if device.seen_us is not None else None,
        observes=_observes(device.observes),
    )


def _observes(stored: bytes | None) -> dict[str, str] | None:
    found = observed(stored)
    return {_name(what): _name(can) for what, can in found.items()} if found else None


def _name(code: Observable | Ability) -> str:
    return code.name.lower().replace("_", "-")
