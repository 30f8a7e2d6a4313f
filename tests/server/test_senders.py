"""Devices are remembered, and one that is revoked is not for long."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from server.errors import Refusal
from server.ingest import senders
from server.ingest.senders import Senders
from server.operation.keys import hash_of
from server.records import Device
from server.signin.tokens import REMEMBERED_S
from wire.signing import SigningKey

AUTHORIZATION = b"Bearer vtd_token"
HASH = hash_of("vtd_token")
PUBLIC_KEY = SigningKey.generate().verify_key.raw
DEVICE = Device(1, b"d" * 16, b"p" * 16, PUBLIC_KEY)


@dataclass
class Store:
    """Stands in for the look-ups of a store, so that a test can count them and take it away."""

    device: Device = DEVICE
    away: bool = False
    looked_up: int = 0
    watched: int = 0
    refused: list[bytes] = field(default_factory=list)

    def devices(self, token_hashes: Sequence[bytes]) -> Mapping[bytes, Device]:
        self.looked_up += 1
        return {HASH: self.device} if HASH in token_hashes else {}

    def refused_since(self, moment_us: int) -> Sequence[bytes]:
        assert moment_us > 0
        self.watched += 1
        if self.away:
            raise OSError("away")
        return self.refused


@dataclass
class Clock:
    now_s: float = 1_000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(senders, "time", made)
    return made


async def settled() -> None:
    """Let what runs beside the answers end."""
    while len(asyncio.all_tasks()) > 1:
        await asyncio.sleep(0)


def test_a_device_is_looked_up_once_and_its_revocation_is_noticed(clock: Clock) -> None:
    store = Store()

    async def day() -> None:
        asked = Senders(store)  # type: ignore[arg-type]
        for _ in range(100):
            assert (await asked.sender(AUTHORIZATION)).device == DEVICE
            clock.now_s += 30
        await settled()
        assert store.looked_up == 1
        assert store.watched > 30
        store.device = replace(DEVICE, revoked_us=1)
        store.refused = [HASH]
        clock.now_s += 10
        await asked.sender(AUTHORIZATION)
        await settled()
        with pytest.raises(Refusal, match="revoked"):
            await asked.sender(AUTHORIZATION)

    asyncio.run(day())


def test_nobody_is_let_in_on_memory_alone_for_longer_than_a_token_may_be_remembered(
    clock: Clock,
) -> None:
    store = Store()

    async def day() -> None:
        asked = Senders(store)  # type: ignore[arg-type]
        await asked.sender(AUTHORIZATION)
        store.away = True
        clock.now_s += REMEMBERED_S - 1
        assert (await asked.sender(AUTHORIZATION)).device == DEVICE
        await settled()
        clock.now_s += 2
        with pytest.raises(OSError, match="away"):
            await asked.sender(AUTHORIZATION)
        await settled()
        store.away = False
        assert (await asked.sender(AUTHORIZATION)).device == DEVICE

    asyncio.run(day())
