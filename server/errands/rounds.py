"""Runs errands, each in a thread of its own: none waits for another, or fails with it."""

import logging
import time
from collections.abc import Sequence
from threading import Event, Thread

from server.clock import now_us
from server.errands.errand import Ending, Errand

_POLL_S = 1.0
_PAUSE_S = 5.0
_REPORT_S = 60.0
_GRACE_S = 8.0
_log = logging.getLogger(__name__)


class Round:
    """One errand, run again and again."""

    def __init__(self, errand: Errand, stop: Event) -> None:
        self.done = 0
        self.failures = 0
        self.name = type(errand).__name__
        self._errand = errand
        self._stop = stop
        self._thread = Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait until what is being done is done; whether it ended in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self._errand.do_next(now_us()):
                    self.done += 1
                else:
                    self._stop.wait(_POLL_S)
            except Exception as error:  # noqa: BLE001 - its text can quote what is stored
                self._failed(error)
                self._stop.wait(_PAUSE_S)
        try:
            if isinstance(self._errand, Ending):
                self._errand.end()
        except Exception as error:  # noqa: BLE001
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        _log.error("an errand failed", exc_info=error, extra={"errand": self.name})
        self.failures += 1


class Rounds:
    """All errands of a process."""

    def __init__(self, errands: Sequence[Errand]) -> None:
        self._stop = Event()
        self._rounds = [Round(errand, self._stop) for errand in errands]
        self._reported_s = time.monotonic()

    def start(self) -> None:
        """Start all."""
        for each in self._rounds:
            each.start()

    def stop(self) -> bool:
        """Let each finish what it does; whether all did in time."""
        self._stop.set()
        end_s = time.monotonic() + _GRACE_S
        ended = [each.join(max(0.0, end_s - time.monotonic())) for each in self._rounds]
        return all(ended)

    def report(self) -> None:
        """Log what was done, at most once a minute."""
        if time.monotonic() - self._reported_s < _REPORT_S:
            return
        self._reported_s = time.monotonic()
        for each in self._rounds:
            counts = {"errand": each.name, "done": each.done, "failures": each.failures}
            _log.info("errand", extra=counts)
