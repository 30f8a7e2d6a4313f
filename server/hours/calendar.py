"""Moments on the calendar of a time zone: every second lies on exactly one day.

A day is as long as the zone makes it: 23 or 25 hours when clocks change, none where a zone
left one out.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.records.hours import Span, ZoneSince

DEFAULT_ZONE = "UTC"
_HOUR_S = 3600
_DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_NAME_MAX_CHARS = 60
_ISO_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


def known_zone(name: str) -> bool:
    """Whether there is a time zone of that IANA name."""
    try:
        return 0 < len(name) <= _NAME_MAX_CHARS and _zone(name) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def day_pieces(
    start_s: int, end_s: int, zones: Sequence[ZoneSince]
) -> Iterator[tuple[int, int, int, str]]:
    """Cut a stretch where the day or the zone changes: (start, end, day, zone), in order.

    Args:
        start_s: First second.
        end_s: First second after it.
        zones: The zones and since when, in order; before the first one it is UTC.
    """
    at_s = start_s
    while at_s < end_s:
        zone, until_s = _zone_at(at_s, zones, end_s)
        offset_s = _offset_s(at_s, zone)
        day = (at_s + offset_s) // _DAY_S
        midnight_s = (day + 1) * _DAY_S - offset_s
        stop_s = _steady_until_s(at_s, min(midnight_s, until_s), zone, offset_s)
        yield at_s, stop_s, day + _EPOCH_DAY, zone
        at_s = stop_s


def day_in(at_s: int, zones: Sequence[ZoneSince]) -> int:
    """The day of a moment, as `date.toordinal`."""
    zone, _ = _zone_at(at_s, zones, at_s)
    return (at_s + _offset_s(at_s, zone)) // _DAY_S + _EPOCH_DAY


def day_span(day: int, zones: Sequence[ZoneSince]) -> Span:
    """From before a day's first second to after its last, in whatever zone; for look-ups."""
    noon_s = (day - _EPOCH_DAY) * _DAY_S
    around = (noon_s - 2 * _DAY_S, noon_s + 3 * _DAY_S)
    own = [(a, b) for a, b, found, _ in day_pieces(*around, zones) if found == day]
    return (own[0][0], own[-1][1]) if own else (noon_s, noon_s)


def iso_week(monday: int) -> str:
    """An ISO week by its Monday's ordinal, as `2026-W49`."""
    year, week, _ = date.fromordinal(monday).isocalendar()
    return f"{year:04}-W{week:02}"


def monday_of(week: str) -> int:
    """The ordinal of an ISO week's Monday.

    Raises:
        ValueError: there is no such week.
    """
    found = _ISO_WEEK.fullmatch(week)
    if found is None:
        raise ValueError("a week is written like 2026-W49")
    return date.fromisocalendar(int(found[1]), int(found[2]), 1).toordinal()


def _zone_at(at_s: int, zones: Sequence[ZoneSince], end_s: int) -> tuple[str, int]:
    """The zone in force, and until when at most."""
    number = bisect_right(zones, at_s, key=lambda zone: zone.since_s)
    until_s = zones[number].since_s if number < len(zones) else end_s
    return (zones[number - 1].zone if number else DEFAULT_ZONE), min(until_s, end_s)


def _steady_until_s(at_s: int, until_s: int, zone: str, offset_s: int) -> int:
    """Up to when the zone's offset stays what it is; no zone changed twice in one hour."""
    while at_s < until_s:
        step_s = min(at_s + _HOUR_S, until_s)
        if _offset_s(step_s - 1, zone) != offset_s:
            return _changes_s(at_s, step_s - 1, zone, offset_s)
        at_s = step_s
    return until_s


def _changes_s(steady_s: int, changed_s: int, zone: str, offset_s: int) -> int:
    """The first second with another offset."""
    while changed_s - steady_s > 1:
        middle_s = (steady_s + changed_s) // 2
        if _offset_s(middle_s, zone) == offset_s:
            steady_s = middle_s
        else:
            changed_s = middle_s
    return changed_s


def _offset_s(at_s: int, zone: str) -> int:
    offset = (_EPOCH + timedelta(seconds=at_s)).astimezone(_zone(zone)).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
