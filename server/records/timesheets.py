"""Weekly timesheets: how far each has come, and what was decided."""

from dataclasses import dataclass
from enum import StrEnum

from server.records.hours import DayPart, Seconds


class SheetState(StrEnum):
    """How far a timesheet has come."""

    OPEN = "open"
    SUBMITTED = "submitted"
    """The trainer says: this is my week."""
    DISPUTED = "disputed"
    """Somebody doubts some of its minutes; all others are payable."""
    APPROVED = "approved"
    LOCKED = "locked"
    """Payroll has taken it."""


DECIDED = frozenset({SheetState.DISPUTED, SheetState.APPROVED, SheetState.LOCKED})
"""Of these no number changes any more: what is recounted becomes a correction."""


class CorrectionState(StrEnum):
    """What became of a correction."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPLACED = "replaced"
    """Something came that changed it before anybody accepted it."""


_UNSUBMITTED_DAYS = 15
"""Days from a week's Monday after which it can be approved though nobody submitted it."""
_EPOCH_DAY = 719_163
_DAY_US = 86_400_000_000


def approvable_us(week: int) -> int:
    """From when a week, named by its Monday, can be approved though nobody submitted it."""
    return (week - _EPOCH_DAY + _UNSUBMITTED_DAYS) * _DAY_US


def last_approvable(now_us: int) -> int:
    """The latest day of which `approvable_us` is not later than a moment."""
    return now_us // _DAY_US + _EPOCH_DAY - _UNSUBMITTED_DAYS


@dataclass(frozen=True, slots=True)
class Timesheet:
    """One person's week."""

    row: int
    id: bytes
    person: bytes
    person_name: str
    person_removed: bool
    week: int
    """Its Monday, as `date.toordinal`."""
    state: SheetState
    version: int
    """Raised by every change: who decides says which one was seen."""
    changed_us: int
    changed_by: str
    submitted_us: int | None
    disputed_us: int | None
    approved_us: int | None
    locked_us: int | None
    reason: str | None
    """Why it was disputed."""
    answer: str | None
    """What the trainer says to that."""
    numbers: bytes | None
    """JSON of the `Seconds` that were decided, as they were at that moment."""
    seconds: Seconds
    """What counts now: with accepted corrections, and with what is held or was rejected."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A difference to a week that was decided; it counts only once somebody accepted it."""

    row: int
    made_us: int
    state: CorrectionState
    parts: tuple[DayPart, ...]
    """Signed differences."""
    decided_us: int | None
    decided_by: str | None
    reason: str | None
    """Why it was declined."""


@dataclass(frozen=True, slots=True)
class DisputedSpan:
    """A stretch of a session's microseconds that a dispute holds, and for how long at most."""

    session_row: int
    start_us: int
    end_us: int
    hold_us: int


@dataclass(frozen=True, slots=True)
class Move:
    """A step of a timesheet, and who takes it."""

    to: SheetState
    by: str
    """As the audit log knows them; `lapse` or `agreed` where nobody had to."""
    reason: str | None = None
    answer: str | None = None
    disputed: tuple[DisputedSpan, ...] = ()
    """What a dispute holds."""
    gives_up: bool = False
    """The trainer agrees that the disputed minutes are not paid."""


HoursKey = tuple[int, int, str, int]
"""Day, session row, zone and correction (0: none) of a line: in this order lines are given. A line
that is counted again keeps it, so that pages never give the same line twice."""


@dataclass(frozen=True, slots=True)
class HoursLine:
    """What one session counts for on one day, as it is exported."""

    day: int
    zone: str
    session: bytes
    session_row: int
    opened_us: int
    person: bytes
    person_name: str
    project: bytes
    project_name: str
    seconds: Seconds
    correction: int | None
    """The accepted correction that it is; None: it was counted in the first place."""
    state: SheetState
    """Of its timesheet."""

    @property
    def key(self) -> HoursKey:
        """Its place among all lines."""
        return (self.day, self.session_row, self.zone, self.correction or 0)
