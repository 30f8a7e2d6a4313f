"""The keystrokes that reached the server, against what the X server said."""

import time
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from server.compaction.reading import stored_batches
from server.installation import open_installation
from tests.live.listener import RawKey
from wire.batch import decode, open_envelope
from wire.codes import KeyFlag
from wire.events import Keystroke

_NEAR_US = 50_000
"""A recorded press belongs to one that the X server had at most this far away."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Presses of the X server and what became of them."""

    pressed: int
    recorded: int
    errors_us: tuple[float, ...]
    """Recorded time minus the X server's, of each pair that is sure."""

    @property
    def lost(self) -> int:
        """Presses without a record."""
        return self.pressed - self.recorded

    def error_ms(self, share: float) -> float:
        """The absolute error that this share of the presses stayed under."""
        ordered = sorted(abs(error) for error in self.errors_us)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] / 1000.0


def stored_presses_us(data: Path, session: bytes) -> list[int]:
    """Session times of the keystrokes in the server's database, in order."""
    installation = open_installation(data)
    with closing(installation.store) as store:
        organisation = store.first_organisation()
        own = store.of(organisation)
        entry = own.session(session)
        rows = stored_batches(own, installation.objects, organisation, entry.row) if entry else ()
    events = [e for row in rows for e in decode(open_envelope(row.sealed)).body.events(Keystroke)]
    return sorted(event.t_us for event in events if not event.flags & KeyFlag.INJECTED)


def wall_minus_server_us() -> int:
    """What turns the X server's time into the wall clock's.

    The server stamps events with CLOCK_MONOTONIC in whole milliseconds (`GetTimeInMillis`); the
    wall clock is not set during a run.
    """
    return time.time_ns() // 1000 - time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def matched(heard: Sequence[RawKey], stored_wall_us: Sequence[int], offset_us: int) -> Matched:
    """Pair each press of the X server with its record: the two that are nearest to each other.

    No constant is taken out: the session's zero is the clock-in that the agent tells, and the
    X server's time is the machine's monotonic clock. The server cuts its times to whole
    milliseconds, so an error of up to 1 ms is its own.
    """
    pressed = [press.server_ms * 1000 + offset_us for press in heard]
    errors: list[float] = []
    for number, at_us in enumerate(pressed):
        record = _nearest(stored_wall_us, at_us)
        if record is None or abs(stored_wall_us[record] - at_us) > _NEAR_US:
            continue
        if _nearest(pressed, stored_wall_us[record]) == number:
            errors.append(stored_wall_us[record] - at_us)
    return Matched(len(pressed), len(stored_wall_us), tuple(errors))


def _nearest(ordered_us: Sequence[int], at_us: int) -> int | None:
    right = bisect_left(ordered_us, at_us)
    around = [index for index in (right - 1, right) if 0 <= index < len(ordered_us)]
    return min(around, key=lambda index: abs(ordered_us[index] - at_us), default=None)
