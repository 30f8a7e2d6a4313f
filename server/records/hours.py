"""Hours that payroll counts, and minutes that are held back for a while."""

from dataclasses import dataclass
from enum import StrEnum

from wire.stretches import MANUAL_REACH_US

HOLD_MAX_US = 14 * 86_400_000_000
"""So long can pay be held back; then it falls to the trainer."""
WHOLE_SESSION_US = (-MANUAL_REACH_US, 1 << 60)
"""A stretch that holds everything of a session, time added by hand before it too."""


class HoldEnded(StrEnum):
    """Why minutes are held no longer."""

    RELEASED = "released"
    """What they waited for was decided."""
    LAPSED = "lapsed"
    """Nobody decided in time: they are paid, and cannot be held again."""


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
