"""The thread that ships. Whatever one step meets, the next is tried: it ends only when told to."""

import logging
import threading
from collections.abc import Callable

from agent import AGENT_VERSION
from agent.errors import AgentError
from agent.identity import Identity
from agent.journal import where
from agent.settings import Settings
from agent.shipping.delivery import Delivery
from agent.shipping.shipper import Shipper, Wait
from agent.shipping.transport import Transport
from agent.spool.store import Spool
from wire.messages import Observes
from wire.server_keys import Handover

log = logging.getLogger(__name__)

ENDED = (
    "Sending has stopped: nothing reaches the server until the agent is started anew;"
    " everything is kept on this device."
)
_TROUBLE_S = 5.0
_WAIT_MAX_S = 60.0
_STOP_S = 3.0


class ShippingThread:
    """Runs `Delivery` in a thread."""

    def __init__(
        self,
        spool: Spool,
        shipper: Shipper,
        identity: Identity,
        settings: Settings,
        keys_learned: Callable[[tuple[Handover, ...]], None] = lambda _: None,
    ) -> None:
        self._shipper = shipper
        self._transport = Transport(
            identity.server,
            identity.token,
            settings.connect_timeout_s,
            settings.read_timeout_s,
        )
        self._delivery = Delivery(
            spool,
            shipper,
            self._transport,
            identity.key,
            AGENT_VERSION,
            keys_learned=keys_learned,
        )
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ship", daemon=True)

    def start(self) -> None:
        """Start to send what waits."""
        self._thread.start()

    def observing(self, observes: Observes) -> None:
        """What the device can observe, to be said with the next session."""
        self._delivery.observes = observes

    def wake(self) -> None:
        """Something new waits, or a backoff is over."""
        self._wake.set()

    def stop(self) -> None:
        """End soon; what is being sent may be finished."""
        self._ending.set()
        self._wake.set()
        self._thread.join(_STOP_S)

    def trouble(self) -> tuple[str, ...]:
        """A sentence if nothing is sent any more although it should be."""
        started = self._thread.ident is not None
        dead = started and not self._thread.is_alive() and not self._ending.is_set()
        return (ENDED,) if dead else ()

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                wait_s = self._step()
                if wait_s != 0.0:
                    self._wake.wait(wait_s)
                    self._wake.clear()
        finally:
            self._transport.close()

    def _step(self) -> float:
        """Send one thing; returns how long there is nothing more to do."""
        try:
            action = self._delivery.step().action
        except AgentError as error:
            log.warning("shipping: %s", type(error).__name__)
            self._shipper.last_error = str(error)
            return _TROUBLE_S
        except Exception as error:  # noqa: BLE001 - nothing a server answers may end the sending
            log.warning("shipping failed: %s", where(error))
            self._shipper.last_error = (
                f"Sending failed on this device ({type(error).__name__}); its log says where."
            )
            return _TROUBLE_S
        if not isinstance(action, Wait):
            return 0.0
        return _WAIT_MAX_S if action.seconds is None else min(action.seconds, _WAIT_MAX_S)
