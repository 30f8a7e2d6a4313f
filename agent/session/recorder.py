"""The recorder: events in, sealed batches out. Pure; every moment comes in as a `ClockReading`.

It knows what time the session covers: `tick` says that the agent was alive until now, and a gap
between ticks (suspend, a stalled process) is left out of what the next batches speak for. So a
batch is sealed even when nothing happened: silence that was observed is coverage.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from agent import AGENT_VERSION
from agent.clock import ClockReading
from agent.session.losses import NOTHING, Losses
from wire import limits
from wire.batch import Envelope, seal
from wire.body import Body, body_of
from wire.chain import ChainHead
from wire.codes import LossReason, MarkerKind, PauseReason, PresenceChange
from wire.errors import LimitExceeded
from wire.events import Clock, Event, Marker, Presence
from wire.header import Header
from wire.signing import SigningKey

GAP_US = 5_000_000
"""A longer silence between two ticks was not observed: within the budget for a stopped source."""
CLOCK_STEP_US = 1_000_000
SUSPEND_US = 2_000_000
SAME_SLEEP_US = 30_000_000
"""Word of a sleep that comes so soon after waking is of the sleep that is over."""
QUEUE_MAX_EVENTS = 20_000
"""Events held while the spool takes none: about half an hour of fast typing."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What every header of a session says."""

    session: bytes
    device: bytes
    policy_version: int
    agent_version: str = AGENT_VERSION


@dataclass(frozen=True, slots=True)
class Link:
    """Where the next batch goes: after `head`, under the last nonce heard from the server."""

    head: ChainHead
    anchor: int
    nonce: bytes


class Recorder:
    """One session's events on their way into batches."""

    def __init__(
        self,
        facts: SessionFacts,
        opened: ClockReading,
        seal_interval_us: int = limits.BATCH_MAX_SPAN_US,
        losses: Losses | None = None,
        hear: Callable[[Event], None] | None = None,
    ) -> None:
        """Clock in at `opened`; its monotonic clock is the session's zero.

        `hear` is told every event that is recorded.
        """
        self.facts = facts
        self.losses = losses if losses is not None else Losses()
        self.paused = False
        self._hear = hear
        self._origin_us = opened.monotonic_us
        self._interval_us = min(seal_interval_us, limits.BATCH_MAX_SPAN_US)
        self._events: list[Event] = []
        self._start_us = 0
        self._covered_us = 0
        self._resume_us: int | None = None
        self._last = opened
        self._asleep = False
        self._woke_us = -SAME_SLEEP_US
        self.add(Marker(0, MarkerKind.CLOCK_IN, 0, PauseReason.NONE))

    def session_us(self, monotonic_us: int) -> int:
        """Session time of a moment of the machine's monotonic clock; never negative."""
        return max(0, monotonic_us - self._origin_us)

    @property
    def covered_us(self) -> int:
        """The session has been observed until here (session time)."""
        return self._covered_us

    @property
    def waiting_events(self) -> int:
        """Events not sealed yet."""
        return len(self._events)

    def add(self, event: Event) -> None:
        """Take one event; the oldest goes, counted, when far too many wait for the spool."""
        self._events.append(event)
        if self._hear is not None:
            self._hear(event)
        if len(self._events) > QUEUE_MAX_EVENTS:
            del self._events[0]
            self.losses.add(LossReason.QUEUE_FULL)

    def extend(self, events: Iterable[Event]) -> None:
        """Take several events."""
        for event in events:
            self.add(event)

    def tick(self, clock: ClockReading) -> None:
        """The sources were alive until now; also notes suspends and moves of the wall clock."""
        if self.paused:
            return
        now_us = self.session_us(clock.monotonic_us)
        self._note_suspend(clock)
        self._note_clock_step(clock)
        if now_us - (self._resume_us or self._covered_us) > GAP_US:
            self._resume_us = now_us
        elif self._resume_us is None:
            self._covered_us = max(self._covered_us, now_us)
        self._last = clock

    def due(self) -> bool:
        """Whether a batch should be sealed now."""
        if self._resume_us is not None or len(self._events) >= limits.BATCH_MAX_EVENTS:
            return True
        if self.paused:
            return bool(self._events) or self._covered_us > self._start_us
        return self._covered_us - self._start_us >= self._interval_us

    def fits_one_batch(self) -> bool:
        """Whether one batch can hold all that waits: only then can it be the final one."""
        span_us = self._covered_us - self._start_us
        return (
            self._resume_us is None
            and len(self._events) <= limits.BATCH_MAX_EVENTS
            and span_us <= limits.BATCH_MAX_SPAN_US
        )

    def pause(self, clock: ClockReading, reason: PauseReason = PauseReason.NONE) -> None:
        """Nothing is covered from here until `resume`."""
        self.tick(clock)
        self.add(self._marker(clock, MarkerKind.PAUSE, reason))
        self.paused = True

    def resume(self, clock: ClockReading) -> None:
        """Covered again from here; seal what waits from before the pause first."""
        self.paused = False
        self.wakes(clock.monotonic_us)
        self._last = clock
        self._start_us = self._covered_us = self.session_us(clock.monotonic_us)
        self._resume_us = None
        self.add(self._marker(clock, MarkerKind.RESUME, PauseReason.NONE))

    def clock_out(self, clock: ClockReading) -> None:
        """Add the last marker; seal until `fits_one_batch`, then once more with `final`."""
        self.tick(clock)
        self.add(self._marker(clock, MarkerKind.CLOCK_OUT, PauseReason.NONE))

    def seal(
        self, clock: ClockReading, link: Link, key: SigningKey, *, final: bool = False
    ) -> Envelope:
        """Seal the oldest waiting events and at most 30 s of coverage into a batch.

        An event whose values a batch cannot hold is left out and counted.

        Raises:
            LimitExceeded, MalformedBatch: the clock holds what a batch cannot.
        """
        count = limits.BATCH_MAX_EVENTS
        taken, self._events = self._events[:count], self._events[count:]
        body = self._body(taken)
        end_us = min(self._covered_us, self._start_us + limits.BATCH_MAX_SPAN_US)
        span = (self._start_us, end_us)
        header = _header(self.facts, clock, link, key, span, self.losses.take(), final=final)
        self._start_us = end_us
        if self._resume_us is not None and end_us == self._covered_us:
            self._start_us = self._covered_us = self._resume_us
            self._resume_us = None
        return seal(header, body, key)

    def _body(self, events: list[Event]) -> Body:
        try:
            return body_of(events)
        except LimitExceeded:
            fitting = [event for event in events if _fits(event)]
            self.losses.add(LossReason.SOURCE_FAILED, len(events) - len(fitting))
            return body_of(fitting)

    def not_stored(
        self, envelope: Envelope, reason: LossReason | int, counted: Mapping[int, int] = NOTHING
    ) -> None:
        """The spool could not take a batch: its events are lost, and counted.

        `counted` is what its header said from the spool's own counts, which the spool still has.
        """
        self.losses.put_back(envelope.header.losses)
        self.losses.take_out(counted)
        self.losses.add(reason, max(1, envelope.header.rows))

    def _marker(self, clock: ClockReading, kind: MarkerKind, reason: PauseReason) -> Marker:
        return Marker(self.session_us(clock.monotonic_us), kind, 0, reason)

    def sleeps(self, at_us: int) -> None:
        """The desktop says that the machine is about to sleep; the clocks will show it too."""
        if not self._asleep and at_us - self._woke_us > SAME_SLEEP_US:
            self._asleep = True
            self.add(Presence(self.session_us(at_us), PresenceChange.SUSPENDED))

    def wakes(self, at_us: int) -> None:
        """The desktop says that the machine woke; that may be known already."""
        if self._asleep:
            self._asleep, self._woke_us = False, at_us
            self.add(Presence(self.session_us(at_us), PresenceChange.RESUMED))

    def _note_suspend(self, clock: ClockReading) -> None:
        slept_us = _asleep_us(clock) - _asleep_us(self._last)
        if slept_us <= SUSPEND_US or self._woke_us > self._last.monotonic_us:
            return
        if not self._asleep:
            self.add(Presence(self._covered_us, PresenceChange.SUSPENDED))
        self.add(Presence(self.session_us(clock.monotonic_us), PresenceChange.RESUMED))
        self._asleep, self._woke_us = False, clock.monotonic_us

    def _note_clock_step(self, clock: ClockReading) -> None:
        step_us = _wall_offset_us(clock) - _wall_offset_us(self._last)
        moved = abs(step_us) >= CLOCK_STEP_US
        if moved or clock.utc_offset_min != self._last.utc_offset_min:
            now_us = self.session_us(clock.monotonic_us)
            self.add(Clock(now_us, step_us if moved else 0, clock.utc_offset_min))


def closing_batch(
    facts: SessionFacts, clock: ClockReading, link: Link, end_us: int, key: SigningKey
) -> Envelope:
    """The final batch of a session whose process was killed: empty, with one loss `KILLED`.

    It speaks for no time: what the killed process had not sealed is not covered.
    """
    losses = {int(LossReason.KILLED): 1}
    header = _header(facts, clock, link, key, (end_us, end_us), losses, final=True)
    return seal(header, body_of(()), key)


def _header(
    facts: SessionFacts,
    clock: ClockReading,
    link: Link,
    key: SigningKey,
    span_us: tuple[int, int],
    losses: dict[int, int],
    *,
    final: bool,
) -> Header:
    return Header(
        session=facts.session,
        device=facts.device,
        key_id=key.verify_key.key_id,
        sequence=link.head.sequence + 1,
        previous=link.head.digest,
        anchor=link.anchor,
        nonce=link.nonce,
        boot_id=clock.boot_id,
        sealed_monotonic_us=clock.monotonic_us,
        sealed_wall_us=clock.wall_us,
        zone=clock.zone,
        utc_offset_min=clock.utc_offset_min,
        start_us=span_us[0],
        end_us=span_us[1],
        policy_version=facts.policy_version,
        agent_version=facts.agent_version,
        final=final,
        rows=0,
        body_raw_bytes=0,
        losses=losses,
    )


def _fits(event: Event) -> bool:
    try:
        body_of((event,))
    except LimitExceeded:
        return False
    return True


def _asleep_us(clock: ClockReading) -> int:
    return clock.monotonic_us - clock.awake_us


def _wall_offset_us(clock: ClockReading) -> int:
    return clock.wall_us - clock.monotonic_us
