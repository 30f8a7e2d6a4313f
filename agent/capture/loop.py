"""The capture loop's body: waits for the sources' connections and pumps them. It has no thread.

A turn ends only when every source was pumped, so the heartbeat that follows it is the end of the
pipe: a display that hangs in a round trip stops it too.
"""

import logging
import select
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.errors import SourceUnavailable
from agent.observations import SourceHealth
from agent.sources.protocol import Emit, Source
from wire.codes import SourceName, SourceState

CHECK_US = 2_000_000
RESTART_US = 5_000_000
TURN_MAX_US = 500_000
GATHER_S = 0.1
PATIENT = frozenset((SourceName.KEYBOARD, SourceName.POINTER))
PATIENT_S = 0.3
"""Keys and clicks alone are gathered for longer; whatever else happens ends the wait."""
SELDOM_US = 10_000_000
"""A source that only its connection wakes is looked at this often all the same."""
REQUIRED = frozenset((SourceName.KEYBOARD, SourceName.FOCUS))
"""Without these a session shows nothing: clocking in is refused."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to observe something; the first that starts is used."""

    make: Callable[[], Source]
    state: SourceState = SourceState.RUNNING
    """`DEGRADED` for a fallback."""


@dataclass(slots=True)
class _Slot:
    name: SourceName
    candidates: Sequence[Candidate]
    source: Source | None = None
    healthy: SourceState = SourceState.RUNNING
    state: SourceState = SourceState.STOPPED
    why: str = ""
    retry_us: int = 0
    due_us: int = 0


class Capture:
    """Runs sources while a session records; every state change is an observation too."""

    def __init__(
        self,
        candidates: Sequence[tuple[SourceName, Sequence[Candidate]]],
        emit: Emit,
        now_us: Callable[[], int],
        required: frozenset[SourceName] = REQUIRED,
    ) -> None:
        """`required` are the sources without which `start` refuses."""
        self.required = required
        self._woken_by: list[int] = []
        self._slots = [_Slot(name, choices) for name, choices in candidates]
        self._emit = emit
        self._now_us = now_us
        self._next_check_us = 0

    def wake_on(self, descriptor: int) -> None:
        """End a turn early when this can be read; the caller reads it."""
        self._woken_by.append(descriptor)

    def states(self) -> list[tuple[SourceName, SourceState, str]]:
        """Each source's state, and why if it is not running."""
        return [(slot.name, slot.state, slot.why) for slot in self._slots]

    def source(self, name: SourceName) -> Source | None:
        """The running source of a name."""
        return next((slot.source for slot in self._slots if slot.name is name), None)

    def start(self) -> None:
        """Start every source that this desktop offers.

        Raises:
            SourceUnavailable: a required one cannot start; none is left running.
        """
        for slot in self._slots:
            self._start(slot)
            if slot.source is None and slot.name in self.required:
                why = slot.why
                self.stop()
                raise SourceUnavailable(why)

    def stop(self) -> None:
        """Stop every source: connections are closed when this returns."""
        for slot in self._slots:
            if slot.source is not None:
                slot.source.stop()
                slot.source = None
                self._set(slot, SourceState.STOPPED, "")

    def turn(self) -> None:
        """Wait for something to happen, at most half a second, and take it.

        What comes within a moment is taken at once: waking seldom saves most of the cost, and
        keys and clicks carry the display's own times, so it costs nothing to come late for them.
        """
        wait_us = max(0, min(self._due_us() - self._now_us(), TURN_MAX_US))
        ready = self._ready(wait_us / 1e6)
        if ready:
            if ready <= PATIENT:
                self._ready(PATIENT_S, passed_over=PATIENT)
            else:
                time.sleep(GATHER_S)
            ready |= self._ready(0)
        self._pump(ready)
        if self._now_us() >= self._next_check_us:
            self._check()
            self._pump(None)

    def _due_us(self) -> int:
        dues = [slot.due_us for slot in self._slots if slot.source is not None]
        return min(dues, default=self._now_us() + TURN_MAX_US)

    def _ready(
        self, wait_s: float, passed_over: frozenset[SourceName] = frozenset()
    ) -> set[SourceName]:
        """Sources whose connections have something to read; those passed over wake nobody."""
        waiting = {
            number: slot.name
            for slot in self._slots
            if slot.source is not None
            and slot.name not in passed_over
            and (number := slot.source.fileno()) is not None
        }
        try:
            readable, _, _ = select.select([*waiting, *self._woken_by], [], [], wait_s)
        except (OSError, ValueError):
            log.warning("a source's connection is gone")
            return set(waiting.values())
        return {waiting[number] for number in readable if number in waiting}

    def _pump(self, ready: set[SourceName] | None) -> None:
        """Pump the sources that are ready or due; None pumps all."""
        now_us = self._now_us()
        for slot in self._slots:
            due = ready is None or slot.name in ready or now_us >= slot.due_us
            if slot.source is None or not due:
                continue
            try:
                next_us = slot.source.pump(now_us)
            except Exception as error:  # noqa: BLE001 - must not take the other sources down
                self._failed(slot, error)
                continue
            slot.due_us = next_us if next_us is not None else now_us + SELDOM_US

    def _check(self) -> None:
        now_us = self._now_us()
        self._next_check_us = now_us + CHECK_US
        for slot in self._slots:
            if slot.source is None:
                if slot.state is SourceState.FAILED and now_us >= slot.retry_us:
                    self._start(slot)
                continue
            try:
                state, error = slot.source.check(), None
            except Exception as raised:  # noqa: BLE001 - as above
                state, error = SourceState.FAILED, raised
            if state is SourceState.FAILED:
                self._failed(slot, error)

    def _start(self, slot: _Slot) -> None:
        first, slot.why = slot.state is SourceState.STOPPED, ""
        for candidate in slot.candidates:
            source = candidate.make()
            try:
                source.start(self._emit)
            except SourceUnavailable as error:
                slot.why = slot.why or str(error)
                continue
            except Exception as error:  # noqa: BLE001 - the next way may work
                log.warning("source %s: %s on start", slot.name.name, type(error).__name__)
                slot.why = slot.why or "It failed to start on this display."
                continue
            slot.source, slot.healthy, slot.due_us = source, candidate.state, 0
            why = slot.why if candidate.state is SourceState.DEGRADED else ""
            self._set(slot, candidate.state, why)
            return
        slot.retry_us = self._now_us() + RESTART_US
        self._set(slot, SourceState.MISSING if first else SourceState.FAILED, slot.why)

    def _failed(self, slot: _Slot, error: Exception | None) -> None:
        # Only the kind of error: its text could quote what the source was reading.
        log.error("source %s failed: %s", slot.name.name, type(error).__name__)
        source, slot.source = slot.source, None
        slot.retry_us = self._now_us() + RESTART_US
        self._set(slot, SourceState.FAILED, "It stopped working; it is started anew.")
        if source is not None:
            try:
                source.stop()
            except Exception as raised:  # noqa: BLE001 - as above
                log.warning("source %s: %s on stop", slot.name.name, type(raised).__name__)

    def _set(self, slot: _Slot, state: SourceState, why: str) -> None:
        if state is not slot.state:
            self._emit(SourceHealth(self._now_us(), slot.name, state))
        slot.state, slot.why = state, why
