"""The zone's offset is read anew each time: daylight saving and a journey are seen at once."""

import time
from collections.abc import Iterator

import pytest

from agent.clock import _utc_offset_min, read_clock

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
"""By its rule: slim machines have no zone files."""
SPRING_US = 1_774_746_000_000_000
"""2026-03-29 01:00 UTC: the hour from two to three is left out."""
AUTUMN_US = 1_792_890_000_000_000
"""2026-10-25 01:00 UTC: the hour from two to three comes twice."""


@pytest.fixture(autouse=True)
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with monkeypatch.context() as patch:
        yield patch
    time.tzset()


@pytest.mark.parametrize(
    ("change_us", "before_min", "after_min"), [(SPRING_US, 60, 120), (AUTUMN_US, 120, 60)]
)
def test_daylight_saving_changes_the_offset_on_the_second(
    zone: pytest.MonkeyPatch, change_us: int, before_min: int, after_min: int
) -> None:
    zone.setenv("TZ", BERLIN)
    assert _utc_offset_min(change_us - 1_000_000) == before_min
    assert _utc_offset_min(change_us) == after_min


def test_another_zone_is_seen_by_a_process_that_runs_on(zone: pytest.MonkeyPatch) -> None:
    zone.setenv("TZ", "UTC0")
    assert read_clock().utc_offset_min == 0
    zone.setenv("TZ", "IST-5:30")
    assert read_clock().utc_offset_min == 330
