"""Who sends this batch: devices by their tokens, looked up many at a time."""

import asyncio

from server.ingest.lookups import Lookups
from server.operation.keys import hash_of
from server.recent import Recent
from server.records import Device
from server.signin.tokens import REMEMBERED_S, admitted, bearer
from server.storage.protocols import Doors

_REMEMBERED = 200_000
_ASK_AGAIN_S = REMEMBERED_S / 3
"""Asked again beside the answer, so that a device that posts every 30 seconds never waits."""


class Senders:
    """Devices by their tokens, each remembered for as long as any token may be."""

    def __init__(self, doors: Doors) -> None:
        self._devices: Recent[bytes, Device] = Recent(_REMEMBERED, REMEMBERED_S)
        self._lookups = Lookups(doors.devices)

    async def device(self, authorization: bytes) -> Device:
        """The device of an `Authorization` field; raises `Refusal`."""
        token_hash = hash_of(bearer(authorization.decode("latin-1")))
        remembered = self._devices.get_with_age(token_hash)
        if remembered is None:
            return admitted(await asyncio.shield(self._ask(token_hash)))
        device, age_s = remembered
        if age_s > _ASK_AGAIN_S:
            self._ask(token_hash)
        return admitted(device)

    def _ask(self, token_hash: bytes) -> "asyncio.Future[Device | None]":
        def note(answered: "asyncio.Future[Device | None]") -> None:
            if answered.exception() is not None:
                return
            device = answered.result()
            if device is None:
                self._devices.forget(token_hash)
            else:
                self._devices.put(token_hash, device)

        asked = self._lookups.ask(token_hash)
        asked.add_done_callback(note)
        return asked
