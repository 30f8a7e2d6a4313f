"""Keeps a capturing process at work while a session records, and starts another when one fails."""

import logging
from collections.abc import Mapping

from agent.capture.frames import SourceReport
from agent.capture.process import CaptureProcess
from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import Observation, SourceHealth
from agent.session.recording import Recording
from wire.codes import SourceState

log = logging.getLogger(__name__)

HUNG_US = 12_000_000
"""A process that shows no sign of life for so long is ended, and another one started."""
RESTART_US = 5_000_000
"""At least so long between two starts."""


class Watch:
    """The capture of one session, over its pauses and over the failures of its processes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start a process; `environment` names the display."""
        self.environment = dict(environment)
        self._recording: Recording | None = None
        self._coarse = False
        self._started_us = monotonic_us()
        self._process = CaptureProcess(self._observed, self.environment)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.alive

    def ready(self) -> None:
        """Wait until the display takes connections.

        Raises:
            SourceUnavailable: it does not; the text says what to look at.
        """
        self._process.ready()

    def listen(self, recording: Recording, *, coarse_pictures: bool = False) -> None:
        """Record; returns when the sources do.

        Raises:
            SourceUnavailable: a source that is needed cannot start.
        """
        self._recording, self._coarse = recording, coarse_pictures
        if not self._process.alive:
            self._start_anew()
        try:
            self._process.listen(recording.listen(coarse_pictures=coarse_pictures))
        except SourceUnavailable:
            self.rest()  # what did not answer in time may still open listeners
            raise

    def rest(self) -> None:
        """Close every listener: when this returns none is open."""
        self._process.rest()
        self._recording = None

    def end(self) -> None:
        """Close every listener and end the process."""
        self._process.rest()
        self._process.end()
        self._recording = None

    def silent(self) -> bool:
        """Whether nothing is recorded although it should be."""
        return self._process.silent()

    @property
    def sources(self) -> tuple[SourceReport, ...]:
        """Each source's state; those of a silent process have failed."""
        reports = self._process.sources
        if not self.silent():
            return reports
        return tuple(
            SourceReport(each.name, SourceState.FAILED, "It shows no sign of life.", each.needed)
            for each in reports
        )

    def look(self) -> None:
        """Start another process if this one ended or hangs. Call it every second."""
        recording, now_us = self._recording, monotonic_us()
        if recording is None or now_us - self._started_us < RESTART_US:
            return
        if self._process.alive and self._process.silent_us() < HUNG_US:
            return
        log.error("the capturing process %s: starting another", self._why())
        for source in self._process.sources:
            if source.state in (SourceState.RUNNING, SourceState.DEGRADED):
                recording.observe(SourceHealth(now_us, source.name, SourceState.FAILED))
        self._start_anew()
        self._process.ask_to_listen(recording.listen(coarse_pictures=self._coarse))

    def _why(self) -> str:
        return "hangs" if self._process.alive else "ended"

    def _start_anew(self) -> None:
        self._process.kill()
        self._started_us = monotonic_us()
        self._process = CaptureProcess(self._observed, self.environment)

    def _observed(self, seen: Observation) -> None:
        recording = self._recording
        if recording is not None:
            recording.observe(seen)
