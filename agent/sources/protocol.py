"""What a source is. Sources have no threads of their own: the capture loop pumps them.

A source opens its connections in `start` and closes them in `stop`; between the two it hands
frozen observations to `emit`. Raw material never leaves it.
"""

from collections.abc import Callable
from typing import Protocol

from agent.observations import Observation
from wire.codes import SourceName, SourceState

Emit = Callable[[Observation], None]


class Source(Protocol):
    """One thing that is observed."""

    @property
    def name(self) -> SourceName:
        """Which of the agent's sources this is."""

    def start(self, emit: Emit) -> None:
        """Open connections and begin.

        Raises:
            SourceUnavailable: this desktop lacks what it needs; nothing stays open.
        """

    def stop(self) -> None:
        """Close connections: from here nothing is observed. Safe to call twice."""

    def fileno(self) -> int | None:
        """What to wait on for `pump`; None if only time wakes it."""

    def pump(self, now_us: int) -> int | None:
        """Take what there is, without blocking; returns when to be called at the latest."""

    def check(self) -> SourceState:
        """Whether it works end to end; may do a round trip to the display."""
