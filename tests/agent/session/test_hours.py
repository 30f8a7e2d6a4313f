"""A day's hours from the rows of sealed batches: split exactly, nothing counted twice."""

from collections.abc import Sequence

import pytest

from agent.errors import SpoolDamaged
from agent.session.hours import HourRow, Hours, What, hours_within, rows_of
from agent.session.recorder import Recorder, SessionFacts
from agent.spool.store import Spool
from tests.agent.conftest import FakeClock
from wire.codes import ManualReason, PauseReason, PresenceChange
from wire.events import ManualTime, Presence
from wire.signing import SigningKey

S_US = 1_000_000
MIDNIGHT_US = 1_700_006_400 * S_US
DAY_US = 86_400 * S_US
EVER = (-1 << 62, 1 << 62)
KEY = SigningKey.generate()
SESSION = b"s" * 16


def covered(from_s: float, to_s: float, zero_us: int = 0) -> HourRow:
    return HourRow(What.COVERED, round(from_s * S_US), round(to_s * S_US), zero_us)


def mark(what: What, at_s: float, zero_us: int = 0) -> HourRow:
    return HourRow(what, round(at_s * S_US), round(at_s * S_US), zero_us)


def by_hand(from_s: float, to_s: float) -> HourRow:
    return HourRow(What.MANUAL, round(from_s * S_US), round(to_s * S_US), 0)


def test_paused_and_idle_time_stand_apart_from_observed_time() -> None:
    rows = [
        mark(What.AWAY_BEGAN, 10),
        mark(What.AWAY_ENDED, 25),
        covered(0, 60),
        mark(What.PAUSE_BEGAN, 60),
        mark(What.PAUSE_ENDED, 100),
        covered(100, 160),
    ]
    assert hours_within(rows, *EVER) == Hours(observed_s=105, idle_s=15, paused_s=40)


def test_what_no_batch_speaks_for_is_not_recorded_and_not_paused() -> None:
    assert hours_within([covered(0, 30), covered(100, 130)], *EVER) == Hours(60, unobserved_s=70)


def test_a_pause_whose_end_was_lost_is_over_where_a_batch_speaks_again() -> None:
    rows = [covered(0, 30), mark(What.PAUSE_BEGAN, 30), covered(50, 60)]
    assert hours_within(rows, *EVER) == Hours(observed_s=40, paused_s=20)


def test_a_pause_goes_on_until_now_in_the_session_that_is_recorded() -> None:
    rows = [covered(0, 30), mark(What.PAUSE_BEGAN, 30)]
    assert hours_within(rows, *EVER).paused_s == 0
    assert hours_within(rows, *EVER, now_us=90 * S_US).paused_s == 60


def test_what_is_not_sealed_yet_is_not_missing() -> None:
    assert hours_within([covered(0, 30)], *EVER, now_us=55 * S_US) == Hours(observed_s=30)


def test_time_added_by_hand_counts_only_where_nothing_was_observed() -> None:
    rows = [covered(100, 200), by_hand(-50, 150), by_hand(-20, 10)]
    assert hours_within(rows, *EVER).manual_s == 150


@pytest.mark.parametrize("before_s", [0.0, 0.25, 3_600.0, 86_399.5])
def test_a_session_across_midnight_is_split_exactly(before_s: float) -> None:
    zero_us = MIDNIGHT_US - round(before_s * S_US)
    rows = [
        covered(0, 90_000, zero_us),
        mark(What.PAUSE_BEGAN, 90_000, zero_us),
        mark(What.PAUSE_ENDED, 90_600, zero_us),
        covered(90_600, 90_700, zero_us),
    ]
    days = [
        hours_within(rows, MIDNIGHT_US + day * DAY_US, MIDNIGHT_US + (day + 1) * DAY_US)
        for day in (-1, 0, 1)
    ]
    assert days[0].observed_s == before_s
    assert sum(days, Hours()) == hours_within(rows, *EVER) == Hours(90_100, paused_s=600)


def test_a_wall_clock_set_back_makes_no_second_of_work_count_twice_or_vanish() -> None:
    hour_us = 3_600 * S_US
    zero_us = MIDNIGHT_US - hour_us
    rows = [covered(0, 4_000, zero_us), covered(4_000, 8_000, zero_us - hour_us)]
    before = hours_within(rows, MIDNIGHT_US - DAY_US, MIDNIGHT_US)
    after = hours_within(rows, MIDNIGHT_US, MIDNIGHT_US + DAY_US)
    assert (before.observed_s, after.observed_s) == (3_600 + 3_200, 400 + 800)


def test_hours_are_stored_with_their_batch_or_not_at_all(spool: Spool, clock: FakeClock) -> None:
    spool.add_session(SESSION, b"p" * 16, 1)
    spool.session_opened(SESSION, b"n" * 16)
    recorder = Recorder(SessionFacts(SESSION, b"d" * 16, 1), clock())

    def stored() -> list[HourRow]:
        query = "SELECT what, start_us, end_us, zero_us FROM hours ORDER BY id"
        return [HourRow(What(row[0]), *row[1:]) for row in spool.rows(query)]

    for _ in range(3):
        for _ in range(20):
            recorder.tick(clock.forward(1))
        envelope = recorder.seal(clock(), spool.session(SESSION).link, KEY)
        spool.add_batch(envelope, {}, 7)
    assert stored() == [covered(0, 60, 7)]
    recorder.add(ManualTime(1, -2, 3, ManualReason.OTHER))
    refused = recorder.seal(clock(), spool.session(SESSION).link, KEY)
    spool.add_batch(refused, {}, 7)
    before = stored()
    with pytest.raises(SpoolDamaged):
        spool.add_batch(refused, {}, 7)
    assert stored() == before
    assert len(before) == 2


def sealed(recorder: Recorder, spool: Spool, clock: FakeClock) -> Sequence[HourRow]:
    reading = clock()
    link = spool.session(SESSION).link
    envelope = recorder.seal(reading, link, KEY)
    spool.add_batch(envelope)
    return rows_of(envelope, 7)


def test_a_batch_tells_its_stretch_its_pauses_and_what_was_added(
    spool: Spool, clock: FakeClock
) -> None:
    spool.add_session(SESSION, b"p" * 16, 1)
    spool.session_opened(SESSION, b"n" * 16)
    recorder = Recorder(SessionFacts(SESSION, b"d" * 16, 1), clock())
    for _ in range(5):
        recorder.tick(clock.forward(1))
    recorder.add(Presence(2 * S_US, PresenceChange.LOCKED))
    recorder.add(Presence(3 * S_US, PresenceChange.MEDIA_BEGAN))
    recorder.add(ManualTime(4 * S_US, -9 * S_US, 5, ManualReason.MEETING))
    recorder.pause(clock(), PauseReason.BREAK)
    assert sorted(sealed(recorder, spool, clock), key=lambda row: row.what) == [
        HourRow(What.COVERED, 0, 5 * S_US, 7),
        HourRow(What.PAUSE_BEGAN, 5 * S_US, 5 * S_US, 7),
        HourRow(What.AWAY_BEGAN, 2 * S_US, 2 * S_US, 7),
        HourRow(What.AWAY_ENDED, 3 * S_US, 3 * S_US, 7),
        HourRow(What.MANUAL, -9 * S_US, -4 * S_US, 7),
    ]
