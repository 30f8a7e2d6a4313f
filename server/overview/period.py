"""Figures of a period, each with its interval and the cases that it rests on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt

import msgspec

from server.overview.days import ControlCount, DayFigures
from server.records.overview import CountedDay
from server.reviews.quality import Figure, Seen, agreement, false_flags, share
from server.scoring.assessments import FLAGGED_BANDS

CASES_MIN = 20
"""With fewer cases a share is too few to say."""
HOURS_MIN = 50
_SURE = 1.959963984540054
_MINUTES_A_DAY = 1_440


@dataclass(frozen=True, slots=True)
class Group:
    """Genuine control sessions that share something, and the share that is flagged."""

    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Period:
    """Figures of some days; None: nothing to work it out from."""

    hours: float
    sessions: int
    flags: int
    flags_per_thousand_hours: Figure | None
    abstained: Figure | None
    agreement: Figure | None
    overturned: Figure | None
    median_days: Figure | None
    false_flags: Figure | None
    """Of genuine sessions, from flags that people cleared and the random check."""
    control_false_flags: Figure | None
    by_system: Sequence[Group]
    by_language: Sequence[Group]
    by_input: Sequence[Group]
    counted_us: int | None
    """When the newest day was counted."""
    days: Sequence[tuple[int, DayFigures]] = field(repr=False)


def period_of(found: Sequence[CountedDay]) -> Period:
    """Add days up."""
    days = [(one.day, msgspec.json.decode(one.document, type=DayFigures)) for one in found]
    seen = _added(day for _, day in days)
    hours = sum(day.worked_s for _, day in days) / 3_600
    bands = [day.bands for _, day in days]
    sessions = sum(sum(each.values()) for each in bands)
    flags = sum(count for each in bands for band, count in each.items() if band in FLAGGED_BANDS)
    controls = [one for _, day in days for one in day.controls]
    return Period(
        hours=hours,
        sessions=sessions,
        flags=flags,
        flags_per_thousand_hours=rate(flags, hours / 1_000),
        abstained=share(sum(each.get("cannot_determine", 0) for each in bands), sessions),
        agreement=agreement(seen.pairs),
        overturned=share(seen.overturned, seen.appeals),
        median_days=median([minutes / _MINUTES_A_DAY for minutes in seen.took_us]),
        false_flags=false_flags(seen),
        control_false_flags=_flagged(controls),
        by_system=_grouped(controls, lambda one: one.system),
        by_language=_grouped(controls, lambda one: one.language),
        by_input=_grouped(controls, lambda one: one.input_mode),
        counted_us=max((one.counted_us for one in found), default=None),
        days=days,
    )


def rate(count: int, per: float) -> Figure | None:
    """Events for each unit, with Byar's interval of a count (Breslow and Day 1987, eq. 2.10)."""
    if per <= 0:
        return None
    above = count + 1
    low = count * (1 - 1 / (9 * count) - _SURE / (3 * sqrt(count))) ** 3 if count else 0.0
    high = above * (1 - 1 / (9 * above) + _SURE / (3 * sqrt(above))) ** 3
    return Figure(count / per, low / per, high / per, count)


def median(values: Sequence[float]) -> Figure | None:
    """The median with the interval that order statistics give (Conover 1999, section 3.2)."""
    if not values:
        return None
    ordered, cases = sorted(values), len(values)
    half = _SURE * sqrt(cases) / 2
    low, high = int(cases / 2 - half), int(cases / 2 + half)
    middle = (ordered[(cases - 1) // 2] + ordered[cases // 2]) / 2
    return Figure(middle, ordered[max(low - 1, 0)], ordered[min(high, cases - 1)], cases)


def _added(days: Iterable[DayFigures]) -> Seen:
    """All counts of reviews together; `took_us` holds minutes, as the days do."""
    seen = Seen()
    for day in days:
        for one, other, weight, times in day.pairs:
            seen.pairs[one, other, weight] += times
        seen.appeals += day.appeals
        seen.overturned += day.overturned
        seen.took_us += day.took_min
        seen.cleared_flags += day.cleared_flags
        seen.random_kept += day.random_kept
        seen.genuine_unflagged += day.genuine_unflagged
    return seen


def _flagged(controls: Sequence[ControlCount]) -> Figure | None:
    return share(sum(one.flagged for one in controls), sum(one.genuine for one in controls))


def _grouped(controls: Sequence[ControlCount], by: Callable[[ControlCount], str]) -> list[Group]:
    """By what they share, the largest group first."""
    names = {by(one) for one in controls}
    groups = [
        Group(name, figure)
        for name in sorted(names)
        if (figure := _flagged([one for one in controls if by(one) == name]))
    ]
    return sorted(groups, key=lambda group: -group.figure.cases)
