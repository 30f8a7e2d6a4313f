"""Every second lies on one day, in every time zone that there is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.hours.calendar import (
    day_in,
    day_pieces,
    day_span,
    iso_week,
    known_zone,
    monday_of,
)
from server.records.hours import ZoneSince, week_of

ZONES = sorted(available_timezones())
HOUR = 3600
DAY = 24 * HOUR
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(zone: str, *moment: int, fold: int = 0) -> int:
    return int(datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold).timestamp())  # type: ignore[arg-type,misc]


def hours_by_day(start_s: int, end_s: int, zone: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for a, b, day, _ in day_pieces(start_s, end_s, [ZoneSince(0, zone)]):
        name = date.fromordinal(day).isoformat()
        found[name] = found.get(name, 0) + (b - a) / HOUR
    return found


def test_night_shift_is_cut_at_midnight() -> None:
    start = at("Europe/Berlin", 2026, 3, 3, 22)
    assert hours_by_day(start, start + 8 * HOUR, "Europe/Berlin") == {
        "2026-03-03": 2,
        "2026-03-04": 6,
    }


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/Havana", (2026, 3, 8), 23),  # 0:00 to 1:00: the day has no midnight
        ("America/Havana", (2026, 11, 1), 25),  # 1:00 to 0:00: it has two
        ("America/St_Johns", (2010, 11, 6), 24 + 59 / 60),  # 0:01 to 23:01 of the day before
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("Asia/Kathmandu", (2026, 1, 1), 24),
    ],
)
def test_day_is_as_long_as_its_zone_makes_it(
    zone: str, day: tuple[int, int, int], hours: float
) -> None:
    around = at("UTC", *day)
    named = date(*day).isoformat()
    assert hours_by_day(around - 3 * DAY, around + 4 * DAY, zone)[named] == hours


def test_day_that_a_zone_left_out_has_no_second() -> None:
    around = at("UTC", 2011, 12, 30)
    found = hours_by_day(around - 3 * DAY, around + 4 * DAY, "Pacific/Apia")
    assert "2011-12-30" not in found
    assert sum(found.values()) == 7 * 24
    zones = [ZoneSince(0, "Pacific/Apia")]
    start, end = day_span(date(2011, 12, 30).toordinal(), zones)
    assert start == end


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.integers(0, 4_000_000_000),
    st.integers(1, 5 * DAY),
    st.integers(-DAY, 6 * DAY),
    st.lists(st.integers(0, 5 * DAY), max_size=5),
)
def test_seconds_are_conserved_in_every_zone_and_when_a_person_moves(
    zone: str, other: str, start_s: int, length_s: int, moves_s: int, looked_at: list[int]
) -> None:
    zones = [ZoneSince(0, zone), ZoneSince(start_s + moves_s, other)]
    pieces = list(day_pieces(start_s, start_s + length_s, zones))
    assert pieces[0][0] == start_s
    assert pieces[-1][1] == start_s + length_s
    assert all(a[1] == b[0] for a, b in pairwise(pieces))
    for second in {start_s, start_s + length_s - 1, *(start_s + x % length_s for x in looked_at)}:
        (piece,) = [piece for piece in pieces if piece[0] <= second < piece[1]]
        wanted = other if second >= start_s + moves_s else zone
        local = (_EPOCH + timedelta(seconds=second)).astimezone(ZoneInfo(wanted))
        assert (piece[2], piece[3]) == (local.toordinal(), wanted)
        assert day_in(second, zones) == local.toordinal()


@settings(max_examples=50)
@given(st.integers(1, 3_000_000))
def test_week_is_the_calendars(day: int) -> None:
    monday = week_of(day)
    assert date.fromordinal(monday).isocalendar()[:2] == date.fromordinal(day).isocalendar()[:2]
    assert date.fromordinal(monday).weekday() == 0
    assert monday_of(iso_week(monday)) == monday


@pytest.mark.parametrize(
    "text", ["2026-W54", "0000-W01", "26-W01", "2026-W1", "2026W01", "x-Wyz", ""]
)
def test_week_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"[Yy]ear|week"):
        monday_of(text)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "x" * 200])
def test_zone_that_there_is_not_is_not_known(name: str) -> None:
    assert not known_zone(name)
    assert known_zone("Asia/Kathmandu")


def test_nights_of_the_document() -> None:
    start = at("Europe/Berlin", 2026, 10, 24, 22)
    pause = at("Europe/Berlin", 2026, 10, 25, 2, 30)
    resume = at("Europe/Berlin", 2026, 10, 25, 2, 10, fold=1)
    end = at("Europe/Berlin", 2026, 10, 25, 6)
    assert (end - start, resume - pause) == (9 * HOUR, 40 * 60)
    before, after = (
        hours_by_day(start, pause, "Europe/Berlin"),
        hours_by_day(resume, end, "Europe/Berlin"),
    )
    assert before["2026-10-24"] == 2
    assert before["2026-10-25"] + after["2026-10-25"] == pytest.approx(6 + 20 / 60)
    spring = at("Europe/Berlin", 2026, 3, 28, 22)
    found = hours_by_day(spring, at("Europe/Berlin", 2026, 3, 29, 6), "Europe/Berlin")
    assert found == {"2026-03-28": 2, "2026-03-29": 5}
