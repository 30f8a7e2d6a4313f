"""What is counted of one day, so that days add up to any period."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import msgspec

from server.records import ControlSession, Truth
from server.reviews.quality import Seen, note
from server.scoring.assessments import FLAGGED_BANDS
from server.storage.protocols import OrganisationStore

DAY_US = 86_400_000_000
MINUTE_US = 60_000_000
EPOCH = date(1970, 1, 1).toordinal()
_SYSTEMS = {"linux": "Linux", "windows": "Windows", "macos": "macOS", "darwin": "macOS"}


class ControlCount(msgspec.Struct, frozen=True):
    """Genuine control sessions that were made alike, and how many of them were flagged."""

    system: str
    """Linux, Windows, macOS; empty: another, or not known."""
    language: str
    """Empty: nobody said."""
    input_mode: str
    """Empty: nobody said."""
    genuine: int
    flagged: int


class DayFigures(msgspec.Struct, frozen=True):
    """Counts of a day, in UTC but for hours, which lie on days of each person's own calendar.

    Sessions count on the day on which they were opened, reviews on that of their decision.
    """

    worked_s: int = 0
    bands: dict[str, int] = {}
    """Scored sessions by their band; controls are apart."""
    pairs: tuple[tuple[int, int, float, int], ...] = ()
    """Pairs of blind verdicts: first, second, weight (`server.reviews.quality`), how often."""
    appeals: int = 0
    overturned: int = 0
    took_min: tuple[int, ...] = ()
    """Minutes from a review's beginning to its decision."""
    cleared_flags: int = 0
    random_kept: int = 0
    genuine_unflagged: float = 0.0
    controls: tuple[ControlCount, ...] = ()


def counted(own: OrganisationStore, day: int) -> DayFigures:
    """Count a day (as `date.toordinal`)."""
    from_us = (day - EPOCH) * DAY_US
    seen = Seen()
    for review in own.reviews_decided(from_us, from_us + DAY_US):
        note(seen, review)
    return DayFigures(
        worked_s=own.worked_on(day),
        bands=dict(own.bands_opened(from_us, from_us + DAY_US)),
        pairs=tuple((*pair, times) for pair, times in sorted(seen.pairs.items())),
        appeals=seen.appeals,
        overturned=seen.overturned,
        took_min=tuple(sorted(took_us // MINUTE_US for took_us in seen.took_us)),
        cleared_flags=seen.cleared_flags,
        random_kept=seen.random_kept,
        genuine_unflagged=seen.genuine_unflagged,
        controls=_controls(own.controls_opened(from_us, from_us + DAY_US)),
    )


def _controls(found: Sequence[ControlSession]) -> tuple[ControlCount, ...]:
    genuine, flagged = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for one in found:
        if one.truth is Truth.GENUINE and one.band is not None:
            alike = (system_of(one.system), one.made.language or "", one.made.input_mode or "")
            genuine[alike] += 1
            flagged[alike] += one.band in FLAGGED_BANDS
    return tuple(ControlCount(*alike, genuine[alike], flagged[alike]) for alike in sorted(genuine))


def system_of(platform: str) -> str:
    """The operating system, of what an agent says of its device."""
    return _SYSTEMS.get(platform.split("-")[0].strip().lower(), "")
