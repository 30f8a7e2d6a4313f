"""The policy version in a receipt: asked for once by many, and never older than a minute."""

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from server.ingest import receipts
from server.ingest.receipts import Receipts

PROJECT = (1, b"p" * 16)


@dataclass
class Store:
    """Stands in for the look-up of a project, so that a test can count it and take it away."""

    version: int = 1
    asked: int = 0
    away: bool = False

    def of(self, _organisation: int) -> "Store":
        return self

    def project(self, _project: bytes) -> SimpleNamespace:
        self.asked += 1
        if self.away:
            raise OSError("away")
        return SimpleNamespace(policy=SimpleNamespace(version=self.version))


async def _settled() -> None:
    while len(asyncio.all_tasks()) > 1:
        await asyncio.sleep(0)
    await asyncio.sleep(0)


def test_a_version_is_asked_for_once_by_many_and_waited_for_when_it_is_too_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, moment = Store(), [1_000.0]
    monkeypatch.setattr(receipts, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    keys = SimpleNamespace(signing=None)
    monkeypatch.setattr(receipts, "ReceiptSigner", lambda _: None)

    async def day() -> None:
        made = Receipts(store, keys)  # type: ignore[arg-type]
        assert await made._version(PROJECT) == 1
        store.version = 2
        moment[0] += 11
        assert [await made._version(PROJECT) for _ in range(5)] == [1] * 5
        await _settled()
        assert store.asked == 2
        assert await made._version(PROJECT) == 2
        store.away = True
        for _ in range(5):
            moment[0] += 11
            assert await made._version(PROJECT) == 2
            await _settled()
        moment[0] += 11
        with pytest.raises(OSError, match="away"):
            await made._version(PROJECT)

    asyncio.run(day())
