"""Idle and active, by the policy's allowance. Pure."""

from wire.codes import PresenceChange
from wire.events import Event, Presence


class IdleRule:
    """No input for the policy's time is idle; until then reading counts as work."""

    def __init__(self, origin_us: int, idle_after_s: int) -> None:
        self._origin_us = origin_us
        self._after_us = idle_after_s * 1_000_000
        self._last_us = origin_us
        self._idle = False

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
        if self._idle or now_us < since_us:
            return []
        self._idle = True
        return [Presence(max(0, since_us - self._origin_us), PresenceChange.IDLE)]

    def begin(self, at_us: int) -> list[Event]:
        """Recording begins or goes on after a pause: that is a sign of life."""
        return self.used(at_us)
