"""Who sends this batch: devices by their tokens, looked up many at a time and then remembered.

What is remembered is not asked again. Every few seconds one query says which devices were revoked
and whose person was removed, on whatever node, and those are looked up anew; where that could not
be asked for as long as a token may be remembered, nobody is let in on memory alone.
"""

import asyncio
import logging
import time
from dataclasses import dataclass

from server.clock import now_us
from server.ingest.kept import Kept
from server.ingest.lookups import Lookups
from server.operation.keys import hash_of
from server.records import Device
from server.signin.tokens import REMEMBERED_S, admitted, bearer
from server.storage.protocols import Doors
from wire.signing import VerifyKey

_log = logging.getLogger(__name__)
_KEPT = 150_000
_WATCH_S = 5.0
_NODES_APART_US = 120_000_000
"""So far the clocks of two nodes may be apart without a revocation being missed."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A device and its key's id."""

    device: Device
    key_id: bytes


class Senders:
    """Devices by their tokens."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._watched_s = time.monotonic()
        self._watched_us = now_us()
        self._watching: asyncio.Task[None] | None = None
        self._senders: Kept[bytes, Sender] = Kept(_KEPT)
        self._lookups = Lookups(doors.devices)

    def remember(self, token_hash: bytes, device: Device) -> None:
        """Know a device before it posts."""
        self._senders.put(token_hash, _sender(device))

    async def sender(self, authorization: bytes) -> Sender:
        """The sender by an `Authorization` field; raises `Refusal`."""
        token_hash = hash_of(bearer(authorization.decode("latin-1")))
        unwatched_s = time.monotonic() - self._watched_s
        if unwatched_s > _WATCH_S:
            watching = self._watch()
            if unwatched_s > REMEMBERED_S:
                await asyncio.shield(watching)
        known = self._senders.get(token_hash)
        if known is None:
            known = _sender(admitted(await asyncio.shield(self._ask(token_hash))))
        admitted(known.device)
        return known

    def _watch(self) -> "asyncio.Task[None]":
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._forget_refused())
            self._watching.add_done_callback(_tell)
        return self._watching

    async def _forget_refused(self) -> None:
        began_s, began_us = time.monotonic(), now_us()
        since_us = self._watched_us - _NODES_APART_US
        for token_hash in await asyncio.to_thread(self._doors.refused_since, since_us):
            self._senders.forget(token_hash)
        self._watched_s, self._watched_us = began_s, began_us

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
    return Sender(device, VerifyKey(device.public_key).key_id)


def _tell(done: "asyncio.Task[None]") -> None:
    if not done.cancelled() and done.exception() is not None:
        _log.warning("who was revoked cannot be asked", exc_info=done.exception())
