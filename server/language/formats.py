"""Numbers and times as a language writes them; a time always says its zone."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

from server.language.voice import locale

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_US = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
"""What no calendar holds is its last day."""


def moment(at_us: int, zone: tzinfo = UTC) -> str:
    """A point in time to the minute, with its zone: `2 Jun 2026, 14:05 UTC`."""
    return _said(at_us, zone, "Hm")


def instant(at_us: int, zone: tzinfo = UTC) -> str:
    """A point in time to the second: `2 Jun 2026, 14:05:12 UTC`."""
    return _said(at_us, zone, "Hms")


def _said(at_us: int, zone: tzinfo, skeleton: str) -> str:
    at = (_EPOCH + timedelta(microseconds=min(max(at_us, 0), _LAST_US))).astimezone(zone)
    hour = format_skeleton(skeleton, at, tzinfo=zone, locale=locale())
    return f"{full_day(at.date())}, {hour} {'UTC' if zone is UTC else zone}"


def day(on: date) -> str:
    """A calendar day: `Tue 2 Jun`."""
    return format_skeleton("MMMEd", on, locale=locale())


def full_day(on: date) -> str:
    """A calendar day with its year: `2 Jun 2026`."""
    return format_date(on, "medium", locale=locale())


def number(value: float, places: int | None = None) -> str:
    """A number, grouped; with just so many places where they are given."""
    if places is None:
        return format_decimal(value, locale=locale())
    return format_decimal(value, f"#,##0.{'0' * places}" if places else "#,##0", locale=locale())


def percent(share: float, places: int = 0) -> str:
    """A share as per cent: 0.125 is `12.5%` with one place."""
    pattern = f"0.{'0' * places}%" if places else "0%"
    return format_percent(share, pattern, locale=locale())
