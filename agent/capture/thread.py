"""The thread that captures while a session records."""

import logging
import threading

from agent.capture.loop import Capture
from agent.clock import monotonic_us
from agent.errors import AgentError, SourceUnavailable
from agent.face.status import SourceStatus

log = logging.getLogger(__name__)

SILENT_US = 3_500_000
"""A capture loop without a heartbeat for so long has stopped: status says so within 5 s."""
_OPENING_S = 15.0
_STOP_S = 3.0


class CaptureThread:
    """Runs a `Capture` in a thread; the sources live and die inside it."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self._stopping = threading.Event()
        self._started = threading.Event()
        self._error: AgentError | None = None
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def start(self) -> None:
        """Start; returns when the sources record.

        Raises:
            SourceUnavailable: a required source cannot start.
        """
        self._thread.start()
        if not self._started.wait(_OPENING_S):
            self._stopping.set()
            raise SourceUnavailable("The display does not answer.")
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Stop the sources; their connections are closed when this returns."""
        self._stopping.set()
        self._thread.join(_STOP_S)
        if self._thread.is_alive():
            log.error("capture thread did not end")

    def silent(self) -> bool:
        """Whether the loop has no heartbeat."""
        return not self._thread.is_alive() or monotonic_us() - self.capture.beat_us > SILENT_US

    def sources(self) -> tuple[SourceStatus, ...]:
        """Each source's health, for the status."""
        silent = self.silent()
        return tuple(
            SourceStatus(name.name.lower(), "failed" if silent else state.name.lower(), why)
            for name, state, why in self.capture.states()
        )

    def _run(self) -> None:
        try:
            self.capture.start()
        except AgentError as error:
            self._error = error
            return
        except Exception as error:  # noqa: BLE001 - told to the caller, who waits for it
            log.warning("capture failed to start: %s", type(error).__name__)
            self._error = SourceUnavailable("The recorder failed to start on this display.")
            return
        finally:
            self._started.set()
        try:
            while not self._stopping.is_set():
                self.capture.turn()
        finally:
            self.capture.stop()
