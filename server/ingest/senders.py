"""Who sends this batch: devices by their tokens, looked up many at a time."""

import asyncio
import time
from dataclasses import dataclass

from server.ingest.kept import Kept
from server.ingest.lookups import Lookups
from server.operation.keys import hash_of
from server.records import Device
from server.signin.tokens import REMEMBERED_S, admitted, bearer
from server.storage.protocols import Doors
from wire.signing import VerifyKey

_KEPT = 150_000
_ASK_AGAIN_S = REMEMBERED_S / 3
"""Asked again beside the answer, so that a device that posts every 30 seconds never waits."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A device, its key's id, and when it was looked up."""

    device: Device
    key_id: bytes
    since_s: float


class Senders:
    """Devices by their tokens, each remembered for as long as any token may be."""

    def __init__(self, doors: Doors) -> None:
        self._senders: Kept[bytes, Sender] = Kept(_KEPT)
        self._lookups = Lookups(doors.devices)

    async def sender(self, authorization: bytes) -> Sender:
        """The sender by an `Authorization` field; raises `Refusal`."""
        token_hash = hash_of(bearer(authorization.decode("latin-1")))
        known = self._senders.get(token_hash)
        age_s = time.monotonic() - known.since_s if known else REMEMBERED_S
        if known is None or age_s >= REMEMBERED_S:
            known = _sender(admitted(await asyncio.shield(self._ask(token_hash))))
        elif age_s > _ASK_AGAIN_S:
            self._ask(token_hash)
        admitted(known.device)
        return known

    def _ask(self, token_hash: bytes) -> "asyncio.Future[Device | None]":
        def note(answered: "asyncio.Future[Device | None]") -> None:
            if answered.exception() is not None:
                return
            device = answered.result()
            if device is None:
                self._senders.forget(token_hash)
            else:
                self._senders.put(token_hash, _sender(device))

        asked = self._lookups.ask(token_hash)
        asked.add_done_callback(note)
        return asked


def _sender(device: Device) -> Sender:
    return Sender(device, VerifyKey(device.public_key).key_id, time.monotonic())
