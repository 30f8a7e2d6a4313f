"""Hours that payroll counts, and minutes that are held back for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from wire.policy import HOLD_DAYS
from wire.stretches import MANUAL_REACH_US

HOLD_MAX_US = HOLD_DAYS * 86_400_000_000
"""So long can pay be held back where the policy does not say; then it falls to the trainer."""
WHOLE_SESSION_US = (-MANUAL_REACH_US, 1 << 60)
"""A stretch that holds everything of a session, time added by hand before it too."""


class Kind(IntEnum):
    """What is known of a second of work. The lower number wins where sessions overlap."""

    OBSERVED = 0
    PARTLY = 1
    """Observed, but a source that was needed was missing, or events were lost."""
    MANUAL = 2
    """Added by the trainer by hand."""
    UNOBSERVABLE = 3
    """Clocked in, and nothing speaks for it."""


Stretch = tuple[int, int, Kind]
"""(start, end, kind) in whole seconds since 1970, UTC."""
Span = tuple[int, int]
"""(start, end) in whole seconds since 1970, UTC."""


class HoldEnded(StrEnum):
    """Why minutes are held no longer."""

    RELEASED = "released"
    """What they waited for was decided."""
    LAPSED = "lapsed"
    """Nobody decided in time: they are paid, and cannot be held again."""
    GIVEN_UP = "given-up"
    """The trainer agreed that they are not paid."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A stretch of session time whose pay waits, or waited, for a decision."""

    start_us: int
    end_us: int
    held_us: int
    """When it began, by the server's clock."""
    lapses_us: int
    ended_us: int | None
    ended_why: HoldEnded | None


@dataclass(frozen=True, slots=True)
class SessionTime:
    """What one session says of its person's time, before other sessions are looked at."""

    row: int
    id: bytes
    opened_us: int
    stretches: Sequence[Stretch]
    """In order, without overlaps."""

    @property
    def span(self) -> Span:
        """From the first second to the last."""
        if not self.stretches:
            return (self.opened_us // 1_000_000,) * 2
        return self.stretches[0][0], self.stretches[-1][1]


@dataclass(frozen=True, slots=True)
class ZoneSince:
    """A time zone that days are counted in from a moment on."""

    since_s: int
    zone: str
    """IANA name."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """How much of each kind, in whole seconds."""

    observed_s: int = 0
    partly_s: int = 0
    unobservable_s: int = 0
    manual_s: int = 0
    overlap_s: int = 0
    """Counted in another session of the same person, and so not in the four before."""
    held_s: int = 0
    """Of observed, partly and manual: waits for a decision."""
    rejected_s: int = 0
    """Of observed, partly and manual: not paid, by decision of people or of the trainer."""

    @property
    def worked_s(self) -> int:
        """What pay rests on. Unobservable time is shown beside it, and can be added by hand."""
        return self.observed_s + self.partly_s + self.manual_s

    @property
    def payable_s(self) -> int:
        """What can be paid now."""
        return self.worked_s - self.held_s - self.rejected_s

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(*(getattr(self, n) + getattr(other, n) for n in Seconds.__slots__))

    def __neg__(self) -> "Seconds":
        return Seconds(*(-getattr(self, name) for name in Seconds.__slots__))

    def __bool__(self) -> bool:
        return self != NO_SECONDS


NO_SECONDS = Seconds()


@dataclass(frozen=True, slots=True)
class DayPart:
    """What one session counts for on one day."""

    session_row: int
    day: int
    """`date.toordinal` of the day in the zone."""
    zone: str
    seconds: Seconds


def week_of(day: int) -> int:
    """The Monday of a day's ISO week; both as `date.toordinal`."""
    return day - (day - 1) % 7
