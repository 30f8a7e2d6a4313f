"""Idle and active, by the policy's allowance. Pure."""

from wire.codes import PresenceChange, SourceName, SourceState
from wire.events import Event, Presence

_INPUT = frozenset((SourceName.KEYBOARD, SourceName.POINTER))
_WORKS = (SourceState.RUNNING, SourceState.DEGRADED)
WATCHED_MAX_US = 2 * 3600 * 1_000_000
"""Music that plays on in an empty room is no work."""
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
    """No input for the policy's time is idle; until then reading counts as work.

    A locked screen is away at once. While something plays and a task window is in front, watching
    and listening is work, for at most `WATCHED_MAX_US` without any input.
    """

    def __init__(self, origin_us: int, idle_after_s: int) -> None:
        self._origin_us = origin_us
        self._after_us = idle_after_s * 1_000_000
        self._last_us = origin_us
        self._watched_us = origin_us
        self._idle = False
        self._locked = False
        self._playing = False
        self._watching = False
        self._down: set[SourceName] = set()

    def source(self, name: SourceName, state: SourceState, at_us: int) -> None:
        """A source changed. While nothing sees input, nobody can be called idle for lack of it."""
        if name is SourceName.PRESENCE and state not in _WORKS:
            self._playing = False
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
        events = self._unlocked(at_us)
        idle_us = self._idle_from_us
        self._last_us = max(self._last_us, at_us)
        if self._idle:
            self._idle = False
            # A coarse time may lie before the idle began.
            events.append(self._event(max(at_us, idle_us), PresenceChange.ACTIVE))
        return events

    def changed(self, at_us: int, change: PresenceChange) -> list[Event]:
        """The desktop was locked or unlocked, or media began or ended."""
        match change:
            case PresenceChange.LOCKED if not self._locked:
                self._locked = True
                return [self._event(at_us, change)]
            case PresenceChange.UNLOCKED if self._locked:
                return self.used(at_us)
            case PresenceChange.MEDIA_BEGAN | PresenceChange.MEDIA_ENDED:
                self._playing = change is PresenceChange.MEDIA_BEGAN
        return []

    def tick(self, now_us: int, *, in_task: bool = False) -> list[Event]:
        """Time went on; idle begins where the allowance ended."""
        events = self._watch(now_us, watching=self._playing and in_task and not self._locked)
        since_us = self._idle_from_us
        if self._idle or self._locked or self._blind or now_us < since_us:
            return events
        self._idle = True
        return [*events, self._event(since_us, PresenceChange.IDLE)]

    def begin(self, at_us: int) -> list[Event]:
        """Recording begins or goes on after a pause: that is a sign of life."""
        self._playing = False
        return [*self._watch(at_us, watching=False), *self.used(at_us)]

    @property
    def _idle_from_us(self) -> int:
        return max(self._last_us, self._watched_us) + self._after_us

    def _unlocked(self, at_us: int) -> list[Event]:
        if not self._locked:
            return []
        self._locked = False
        return [self._event(at_us, PresenceChange.UNLOCKED)]

    def _watch(self, now_us: int, *, watching: bool) -> list[Event]:
        """What plays elsewhere is not recorded: it counts from the task window's front on."""
        if watching and not self._idle:
            self._watched_us = min(now_us, self._last_us + WATCHED_MAX_US)
        if watching is self._watching:
            return []
        self._watching = watching
        change = PresenceChange.MEDIA_BEGAN if watching else PresenceChange.MEDIA_ENDED
        return [self._event(now_us, change)]

    def _event(self, at_us: int, change: PresenceChange) -> Event:
        return Presence(max(0, at_us - self._origin_us), change)
