"""Idle and active, by the policy's allowance. Pure."""

from wire.codes import PresenceChange, SourceName, SourceState
from wire.events import Event, Presence

_INPUT = frozenset((SourceName.KEYBOARD, SourceName.POINTER))
_WORKS = (SourceState.RUNNING, SourceState.DEGRADED)
_ENDS = {
    PresenceChange.ACTIVE: PresenceChange.IDLE,
    PresenceChange.UNLOCKED: PresenceChange.LOCKED,
    PresenceChange.RESUMED: PresenceChange.SUSPENDED,
}


class Away:
    """Whether the trainer is away, by the session's own events."""

    def __init__(self) -> None:
        self._reasons: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._reasons)

    def hear(self, event: Event) -> None:
        """Take an event of the session."""
        if not isinstance(event, Presence):
            return
        if event.change in _ENDS.values():
            self._reasons.add(event.change)
        for end, begin in _ENDS.items():
            if event.change == end:
                self._reasons.discard(begin)


class IdleRule:
    """No input for the policy's time is idle; until then reading counts as work."""

    def __init__(self, origin_us: int, idle_after_s: int) -> None:
        self._origin_us = origin_us
        self._after_us = idle_after_s * 1_000_000
        self._last_us = origin_us
        self._idle = False
        self._down: set[SourceName] = set()

    def source(self, name: SourceName, state: SourceState, at_us: int) -> None:
        """A source changed. While nothing sees input, nobody can be called idle for lack of it."""
        if name not in _INPUT:
            return
        was_blind = self._blind
        (self._down.discard if state in _WORKS else self._down.add)(name)
        if was_blind and not self._blind:
            self._last_us = max(self._last_us, at_us)

    @property
    def _blind(self) -> bool:
        return self._down == _INPUT

    def used(self, at_us: int) -> list[Event]:
        """There was input."""
        idle_us = self._last_us + self._after_us
        self._last_us = max(self._last_us, at_us)
        if not self._idle:
            return []
        self._idle = False
        # A coarse time may lie before the idle began.
        return [Presence(max(at_us, idle_us) - self._origin_us, PresenceChange.ACTIVE)]

    def tick(self, now_us: int) -> list[Event]:
        """Time went on; idle begins where the allowance ended."""
        since_us = self._last_us + self._after_us
        if self._idle or self._blind or now_us < since_us:
            return []
        self._idle = True
        return [Presence(max(0, since_us - self._origin_us), PresenceChange.IDLE)]

    def begin(self, at_us: int) -> list[Event]:
        """Recording begins or goes on after a pause: that is a sign of life."""
        return self.used(at_us)
