"""Facts about the device: at clock-in, and when one of them changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from agent.observations import DeviceFactSeen
from agent.sources.protocol import Emit
from wire.codes import DeviceFactKind, SourceName, SourceState
from wire.events import MISSING_U32

POLL_US = 30_000_000

Facts = Mapping[DeviceFactKind, int]
Look = Callable[[], Facts]
"""Facts as they are now; what cannot be known is left out."""


class DisplayLook(Protocol):
    """What the display knows about the devices attached to it."""

    def open(self) -> None:
        """Connect; a display that does not let us leaves the facts unknown."""

    def close(self) -> None:
        """Disconnect."""

    def fileno(self) -> int | None:
        """What to wait on for a change; None without a connection."""

    def changed(self) -> bool:
        """Whether a device came or went since the last call."""

    def facts(self) -> Facts:
        """Facts as they are now."""


class DeviceFacts:
    """Looks at the device each half minute and when a device comes or goes; says what is new."""

    name = SourceName.DEVICE

    def __init__(self, looks: Sequence[Look], display: DisplayLook | None = None) -> None:
        """Where two looks know the same fact, the higher value counts.

        There are several ways to see that a desktop is remote, and one of them is enough.
        """
        self._looks = looks
        self._display = display
        self._said: dict[DeviceFactKind, int] = {}
        self._emit: Emit | None = None
        self._next_us = 0

    def start(self, emit: Emit) -> None:
        """Begin; the first look is the first `pump`, so that clock-in does not wait for it."""
        if self._display is not None:
            self._display.open()
        self._said.clear()
        self._emit, self._next_us = emit, 0

    def stop(self) -> None:
        """Look no more."""
        if self._display is not None:
            self._display.close()
        self._emit = None

    def fileno(self) -> int | None:
        """The display's connection, if there is one."""
        return self._display.fileno() if self._display is not None else None

    def pump(self, now_us: int) -> int | None:
        """Look if it is time to."""
        if self._emit is None:
            return None
        changed = self._display is not None and self._display.changed()
        if changed or now_us >= self._next_us:
            self._next_us = now_us + POLL_US
            for fact, value in self._look().items():
                if self._said.get(fact) != value:
                    self._said[fact] = value
                    self._emit(DeviceFactSeen(now_us, fact, value))
        return self._next_us

    def check(self) -> SourceState:
        """Nothing here can break unseen: what a look cannot know it leaves out."""
        return SourceState.RUNNING if self._emit is not None else SourceState.FAILED

    def _look(self) -> dict[DeviceFactKind, int]:
        found = [look() for look in self._looks]
        if self._display is not None:
            found.append(self._display.facts())
        seen: dict[DeviceFactKind, int] = {}
        for facts in found:
            for fact, value in facts.items():
                seen[fact] = max(seen.get(fact, 0), min(value, MISSING_U32 - 1))
        return seen
