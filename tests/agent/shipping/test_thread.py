"""The shipping thread outlives what its steps meet, and says so when it does not."""

import logging
import time
from collections.abc import Callable, Iterator

import pytest

from agent.identity import Identity
from agent.settings import Settings
from agent.shipping import thread as shipping
from agent.shipping.delivery import Delivery, Step
from agent.shipping.shipper import Shipper
from agent.shipping.thread import ENDED, ShippingThread
from agent.spool.store import Spool
from tests.agent.conftest import PlatformServer

SESSION = b"s" * 16


def wait_for(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def shipper(identity: Identity) -> Shipper:
    return Shipper(identity.server_key, 0.1)


@pytest.fixture
def thread(
    spool: Spool,
    shipper: Shipper,
    identity: Identity,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ShippingThread]:
    monkeypatch.setattr(shipping, "_TROUBLE_S", 0.3)
    made = ShippingThread(spool, shipper, identity, settings)
    yield made
    made.stop()


def test_an_unexpected_error_is_said_by_its_kind_alone_and_sending_goes_on(
    thread: ShippingThread,
    shipper: Shipper,
    spool: Spool,
    platform: PlatformServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    spool.add_session(SESSION, platform.project, 3)
    whole, errors = Delivery.step, [OverflowError("a secret")]

    def step(delivery: Delivery) -> Step:
        if errors:
            raise errors.pop()
        return whole(delivery)

    monkeypatch.setattr(Delivery, "step", step)
    with caplog.at_level(logging.INFO):
        thread.start()
        wait_for(lambda: "OverflowError" in shipper.last_error)
        wait_for(lambda: spool.session(SESSION).nonce is not None)
    wait_for(lambda: shipper.last_error == "")
    assert "OverflowError" in caplog.text
    assert "secret" not in caplog.text
    assert thread.trouble() == ()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_is_said_loudly(
    thread: ShippingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(_: Delivery) -> Step:
        raise SystemExit

    monkeypatch.setattr(Delivery, "step", end)
    assert thread.trouble() == ()
    thread.start()
    wait_for(lambda: thread.trouble() == (ENDED,))
    thread.stop()
    assert thread.trouble() == ()
