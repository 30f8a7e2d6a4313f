"""Times of a day as people write them: by the day's own clock, once and for all."""

from datetime import UTC, date, datetime

import pytest

from server.errors import Refusal
from server.hours.intervals import Interval, disputed_in, span_of

BERLIN = "Europe/Berlin"
WINTER, SUMMER = date(2026, 10, 25).toordinal(), date(2026, 3, 29).toordinal()
"""Days on which clocks are put back, and forward."""
PLAIN = date(2025, 12, 1).toordinal()


def utc(day: date, hour: int, minute: int = 0, second: int = 0) -> int:
    return int(datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC).timestamp())


MONDAY, SPRING, AUTUMN = date(2025, 12, 1), date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("interval", "span"),
    [
        ((PLAIN, BERLIN, "09:30", "10:00"), (utc(MONDAY, 8, 30), utc(MONDAY, 9))),
        ((PLAIN, "UTC", "00:00", "00:00"), (utc(MONDAY, 0), utc(MONDAY, 0) + 86_400)),
        ((PLAIN, "Asia/Kathmandu", "23:00", "24:00"), (utc(MONDAY, 17, 15), utc(MONDAY, 18, 15))),
        ((PLAIN, "UTC", "09:00:10", "09:00:20"), (utc(MONDAY, 9, 0, 10), utc(MONDAY, 9, 0, 20))),
        ((WINTER, BERLIN, "01:59", "03:00"), (utc(AUTUMN, 0) - 60, utc(AUTUMN, 2))),
        ((WINTER, BERLIN, "00:00", "00:00"), (utc(AUTUMN, 0) - 7200, utc(AUTUMN, 23))),
        ((SUMMER, BERLIN, "01:59", "03:00"), (utc(SPRING, 0, 59), utc(SPRING, 1))),
    ],
)
def test_a_time_is_that_of_the_day_s_own_zone(
    interval: tuple[int, str, str, str], span: tuple[int, int]
) -> None:
    assert span_of(Interval(*interval)) == span


@pytest.mark.parametrize(
    ("interval", "says"),
    [
        ((PLAIN, "UTC", "10:00", "09:30"), "ends before it begins"),
        ((PLAIN, "UTC", "10:00", "10:00"), "ends before it begins"),
        ((WINTER, BERLIN, "02:30", "04:00"), "02:30 is there twice"),
        ((WINTER, BERLIN, "01:00", "02:00"), "02:00 is there twice"),
        ((SUMMER, BERLIN, "02:30", "04:00"), "02:30 is there never"),
        ((SUMMER, BERLIN, "01:00", "02:15"), "02:15 is there never"),
        ((PLAIN, "UTC", "25:00", "26:00"), "like 09:30"),
        ((PLAIN, "UTC", "soon", "10:00"), "like 09:30"),
        ((PLAIN, "UTC", "09:00Z", "10:00"), "like 09:30"),
    ],
)
def test_a_time_that_makes_no_sense_is_one_clear_error(
    interval: tuple[int, str, str, str], says: str
) -> None:
    with pytest.raises(Refusal, match=says):
        span_of(Interval(*interval))


def test_an_interval_in_which_nothing_lies_doubts_nothing() -> None:
    with pytest.raises(Refusal, match="Nothing of this week lies in 09:00 to 10:00 on Mon 01 Dec"):
        disputed_in([Interval(PLAIN, "UTC", "09:00", "10:00")], [], {})
