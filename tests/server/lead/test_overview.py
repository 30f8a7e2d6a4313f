"""Figures by day: what is counted, how days add up, what is too little to say, what it reads."""

import json
import re
from collections.abc import Sequence

import msgspec
import pytest

from server.clock import now_us
from server.overview.counting import CountDays, count_due
from server.overview.days import DAY_US, EPOCH, ControlCount, DayFigures, counted, system_of
from server.overview.period import Period, median, period_of, rate
from server.records import Made, Truth
from server.records.hours import Kind
from server.records.overview import CountedDay
from tests.server.browser import Browser
from tests.server.hours.conftest import Hours
from tests.server.house import House, bare_session
from tests.server.lead.scored import finding, scored
from tests.server.plans import reading
from tests.server.storages import ON_BOTH, ON_SQLITE


def added(*days: DayFigures) -> Period:
    return period_of([CountedDay(n, msgspec.json.encode(day), n) for n, day in enumerate(days, 1)])


def test_days_add_up_to_a_period() -> None:
    one = DayFigures(
        worked_s=36_000,
        bands={"strong": 1, "consistent": 8, "cannot_determine": 1},
        pairs=((0, 0, 1.0, 3), (0, 1, 2.0, 1)),
        appeals=2,
        overturned=1,
        took_min=(1_440, 2_880),
        controls=(ControlCount("Linux", "it", "ime", 3, 1),),
    )
    found = added(one, one, DayFigures(controls=(ControlCount("", "", "", 4, 0),)))
    assert (found.hours, found.sessions, found.flags) == (20.0, 20, 2)
    assert found.flags_per_thousand_hours is not None
    assert found.flags_per_thousand_hours.value == pytest.approx(100)
    assert found.agreement is not None
    assert (found.agreement.value, found.agreement.cases) == (0.6, 8)
    assert found.overturned is not None
    assert (found.overturned.value, found.overturned.cases) == (0.5, 4)
    assert found.median_days is not None
    assert found.median_days.value == 1.5
    assert found.abstained is not None
    assert found.abstained.value == 0.1
    assert [(group.name, group.figure.cases) for group in found.by_system] == [
        ("Linux", 6),
        ("", 4),
    ]
    assert found.control_false_flags is not None
    assert found.control_false_flags.value == 0.2
    assert found.counted_us == 3


def test_nothing_is_made_of_nothing() -> None:
    found = period_of([])
    assert found.flags_per_thousand_hours is None
    assert (found.abstained, found.agreement, found.overturned, found.median_days) == (None,) * 4
    assert found.by_language == []
    assert rate(1, 0) is None
    assert median([]) is None


def test_a_count_and_a_median_have_their_intervals() -> None:
    """Byar's interval of 10 is 4.8 to 18.4 (exact: 4.80 to 18.39)."""
    found = rate(10, 1)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((4.79, 18.4), abs=0.02)
    none = rate(0, 1)
    assert none is not None
    assert none.low == 0
    assert none.high == pytest.approx(3.7, abs=0.1)
    middle = median(range(1, 101))
    assert middle is not None
    assert (middle.value, middle.low, middle.high, middle.cases) == (50.5, 40, 60, 100)
    assert median([3.0]) is not None


@pytest.mark.parametrize(
    ("platform", "system"),
    [("Linux-6.1-x86_64", "Linux"), ("Windows-11", "Windows"), ("macOS-14", "macOS"), ("p", "")],
)
def test_a_system_is_known_by_its_name(platform: str, system: str) -> None:
    assert system_of(platform) == system


@ON_BOTH
def test_a_day_is_counted_from_what_is_stored(house: House) -> None:
    own = house.own
    day = 1_600_000_000 // 86_400
    plain = bare_session(house)
    scored(house, plain, finding("strong", 0.9))
    Hours(house).add([(1_600_000_000, 1_600_003_600, Kind.OBSERVED)], house.other)
    house.change("UPDATE sessions SET opened_us = :at", at=1_600_000_000_000_000)
    assert counted(own, day + EPOCH) == DayFigures(worked_s=3_600, bands={"strong": 1})
    assert own.first_opened_us() == 1_600_000_000_000_000
    own.mark_control(plain.row, Truth.GENUINE, "x", 1, Made("it", "ime"))
    found = counted(own, day + EPOCH)
    assert found.bands == {}
    assert found.controls == (ControlCount("", "it", "ime", 1, 1),)
    assert counted(own, day + EPOCH + 1) == DayFigures()


@ON_BOTH
def test_days_are_counted_again_the_more_seldom_the_older_they_are(house: House) -> None:
    own, hour_us = house.own, DAY_US // 24
    bare_session(house)
    now = 1_000 * DAY_US
    house.change("UPDATE sessions SET opened_us = :at", at=now - 5 * DAY_US)
    today = 1_000 + EPOCH
    count_due(own, now)
    assert dict(own.days_counted(0)) == dict.fromkeys(range(today - 5, today + 1), now)
    count_due(own, now + 3 * hour_us)
    later = {day for day, at_us in own.days_counted(0).items() if at_us > now}
    assert later == {today - 3, today - 2, today - 1, today}
    house.change("UPDATE sessions SET opened_us = 1")
    count_due(own, now + 4 * hour_us)
    assert min(own.days_counted(0)) == today - 366


@ON_SQLITE
def test_the_errand_counts_once_in_its_time_and_reads_no_table_that_grows(house: House) -> None:
    bare_session(house)
    errand, now = CountDays(house.installation.store), now_us()
    house.change("UPDATE sessions SET opened_us = :at", at=now - 3 * DAY_US)
    with reading(house) as reads:
        assert errand.do_next(now)
        assert not errand.do_next(now)
    assert not CountDays(house.installation.store).do_next(now), "another node did it"
    assert len(house.own.days_counted(0)) == 4
    assert reads.scanned() <= {"organisations"}
    assert reads.walked() == set()


def figures(page: str, title: str) -> str:
    found = re.search(rf"<h2>{title}</h2>\s*<p class=\"big[^\"]*\">([^<]+)</p>", page)
    assert found is not None, title
    return found[1]


def put(house: House, days: Sequence[DayFigures]) -> None:
    today = now_us() // DAY_US + EPOCH
    for back, day in enumerate(days):
        house.own.put_day_figures(today - back, msgspec.json.encode(day), now_us())


@ON_SQLITE
def test_the_page_says_figures_and_where_it_is_too_early(
    house: House, admin: Browser, lead: Browser
) -> None:
    assert "Nothing in this period yet" in admin.get("/overview").text
    busy = DayFigures(
        worked_s=360_000,
        bands={"strong": 3, "consistent": 90, "cannot_determine": 7},
        appeals=4,
        overturned=1,
        controls=(ControlCount("Linux", "it", "", 30, 3), ControlCount("macOS", "", "ime", 2, 0)),
    )
    put(house, [busy] * 10)
    page = admin.get("/overview?days=7").text
    assert figures(page, "Hours worked") == "700"
    assert figures(page, "Sessions scored") == "700"
    assert figures(page, "Flags per thousand hours") == "30.0"
    assert figures(page, "Decisions overturned on appeal") == "25.0%"
    assert figures(page, "Reviewers who agree") == "too few to say"
    assert "10.0%" in page
    assert "not said" in page
    data = re.search(r'id="points">(.*?)</script>', page)
    assert data is not None
    assert json.loads(data[1])["hours"] == [100.0] * 7
    weeks = admin.get("/overview?days=91").text
    assert figures(weeks, "Hours worked") == "1,000"
    assert lead.get("/overview").status_code == 200
    for wrong in ("0", "x", "8"):
        assert admin.get(f"/overview?days={wrong}").status_code == 404


@ON_SQLITE
def test_trainers_and_auditors_have_no_overview(address: str) -> None:
    for login in ("ada", "otto"):
        with Browser(address) as browser:
            browser.sign_in(login, "correct horse battery")
            assert browser.get("/overview").status_code == 404
    with Browser(address) as nobody:
        assert nobody.get("/overview").headers["location"] == "/login"


@ON_SQLITE
def test_the_page_reads_the_days_of_its_period_alone(house: House) -> None:
    own = house.own
    with reading(house) as reads:
        own.day_figures(1, 400)
    assert reads.scanned() == set()
    assert reads.walked() == set()
