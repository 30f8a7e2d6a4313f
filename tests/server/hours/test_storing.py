"""Hours and timesheets in both storages: counted once, decided once, corrected in the open."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from server.records import EVERYBODY, Happened, Sight
from server.records.hours import HOLD_MAX_US, HoldEnded, Kind
from server.records.timesheets import CorrectionState, DisputedSpan, Move, SheetState
from tests.server import holding
from tests.server.hours.conftest import ANY_DAY, Hours
from tests.server.storages import ON_POSTGRES

MONDAY_S = 1_764_547_200  # 2025-12-01, 00:00 UTC
HOUR = 3600
DAY = 24 * HOUR


def seen(start_s: int, length_s: int) -> tuple[int, int, Kind]:
    return (MONDAY_S + start_s, MONDAY_S + start_s + length_s, Kind.OBSERVED)


def test_two_devices_at_once_are_counted_once_on_each_day(hours: Hours) -> None:
    hours.add([seen(23 * HOUR, 2 * HOUR)])
    hours.add([seen(22 * HOUR, 2 * HOUR)])
    found = [(one.day, one.seconds.observed_s, one.seconds.overlap_s) for one in hours.lines()]
    monday = hours.sheet().week
    assert sorted(found) == [(monday, 0, HOUR), (monday, 2 * HOUR, 0), (monday + 1, HOUR, 0)]
    sheet = hours.sheet()
    assert (sheet.state, sheet.seconds.worked_s) == (SheetState.OPEN, 3 * HOUR)


def test_day_is_of_the_zone_from_when_on_it_was_said(hours: Hours) -> None:
    own, person = hours.house.own, hours.house.trainer.id
    own.set_zone(None, "Asia/Tokyo", 0)
    own.set_zone(person, "America/New_York", MONDAY_S + DAY)
    assert [zone.zone for zone in own.zones_of(person)] == ["Asia/Tokyo", "America/New_York"]
    assert [zone.zone for zone in own.zones_of(hours.house.other.id)] == ["Asia/Tokyo"]
    hours.add([seen(DAY - HOUR, 2 * HOUR)])
    monday = hours.sheet().week
    assert [(one.day - monday, one.zone, one.seconds.observed_s) for one in hours.lines()] == [
        (0, "America/New_York", HOUR),
        (1, "Asia/Tokyo", HOUR),
    ]


def test_lost_claim_and_evidence_that_is_gone_change_nothing(hours: Hours) -> None:
    job = hours.add([seen(0, HOUR)])
    before, own = hours.lines(), hours.house.own
    assert not own.put_hours(replace(job, claim=7), [seen(0, 2 * HOUR)], 2)
    assert own.put_hours(job, [], 2)
    assert own.put_hours(job, [seen(0, HOUR)], 2)
    assert hours.lines() == before
    assert hours.sheet().version == 1


def test_what_comes_after_approval_is_a_correction_that_somebody_accepts(hours: Hours) -> None:
    own = hours.house.own
    job = hours.add([seen(0, HOUR)])
    assert hours.move(SheetState.SUBMITTED)
    assert hours.move(SheetState.APPROVED)
    approved = hours.sheet()
    late = hours.add([seen(HOUR // 2, HOUR)])
    assert hours.sheet().seconds == approved.seconds
    (offered,) = own.corrections(approved.row)
    assert [(part.session_row, part.seconds.worked_s) for part in offered.parts] == [
        (late.session_row, HOUR // 2)
    ]
    assert own.put_hours(job, [seen(0, HOUR // 4)], 3)
    replaced, offered = own.corrections(approved.row)
    assert replaced.state is CorrectionState.REPLACED
    assert sum(part.seconds.worked_s for part in offered.parts) == HOUR // 4
    assert not own.accept_correction(hours.sheet(), replaced.row, "x", 4)
    assert own.accept_correction(hours.sheet(), offered.row, "x", 4)
    assert not own.accept_correction(hours.sheet(), offered.row, "x", 5)
    after = hours.sheet()
    assert after.seconds.worked_s == HOUR + HOUR // 4
    assert after.numbers == approved.numbers
    assert [one.seconds for one in hours.lines() if one.correction is None] == [
        one.seconds for one in hours.lines()[:1]
    ]
    assert own.put_hours(job, [seen(0, HOUR // 4)], 6)
    assert hours.sheet().version == after.version, "a count that came to the same is no change"


def test_correction_that_is_moot_is_offered_no_longer(hours: Hours) -> None:
    own, job = hours.house.own, hours.add([seen(0, HOUR)])
    hours.move(SheetState.APPROVED)
    assert own.put_hours(job, [seen(0, 2 * HOUR)], 2)
    assert own.put_hours(job, [seen(0, HOUR)], 3)
    assert [one.state for one in own.corrections(hours.sheet().row)] == [CorrectionState.REPLACED]


@pytest.mark.parametrize("round_", range(3))
def test_approved_while_a_batch_arrives_late(hours: Hours, round_: int) -> None:
    own, job = hours.house.own, hours.add([seen(0, HOUR)])
    hours.move(SheetState.SUBMITTED)
    sheet, ready = hours.sheet(), Barrier(2)

    def approve() -> bool:
        ready.wait()
        return hours.move(SheetState.APPROVED)

    def late() -> bool:
        ready.wait()
        return own.put_hours(job, [seen(0, 2 * HOUR)], 2)

    with ThreadPoolExecutor(2) as pool:
        approving, counting = pool.submit(approve), pool.submit(late)
        approved, counted = approving.result(), counting.result()
    assert counted
    after, offered = hours.sheet(), own.corrections(sheet.row)
    if not approved:
        assert (after.state, after.seconds.worked_s) == (SheetState.SUBMITTED, 2 * HOUR)
    elif offered:
        assert after.seconds.worked_s == HOUR
        assert offered[0].parts[0].seconds.worked_s == HOUR
    else:
        assert after.seconds.worked_s == 2 * HOUR
    stale = replace(sheet, version=sheet.version)
    assert not own.move_timesheet(stale, _move(SheetState.APPROVED), 3), (
        "that was not what was seen"
    )


def _move(to: SheetState) -> Move:
    return Move(to, "x")


def test_dispute_holds_its_minutes_and_lapses_for_the_trainer(hours: Hours) -> None:
    own, store = hours.house.own, hours.house.installation.store
    job = hours.add([seen(0, HOUR), (MONDAY_S + HOUR, MONDAY_S + 2 * HOUR, Kind.UNOBSERVABLE)])
    hours.move(SheetState.SUBMITTED)
    disputed = (DisputedSpan(job.session_row, 600_000_000, 5_000_000_000, HOLD_MAX_US),)
    assert hours.move(SheetState.DISPUTED, 5, reason="why", disputed=disputed)
    sheet = hours.sheet()
    assert (sheet.seconds.held_s, sheet.seconds.payable_s) == (HOUR - 600, 600)
    own.release_holds(job.session_row, 6)
    assert hours.sheet().seconds.held_s == HOUR - 600, "a review does not end a dispute"
    assert store.due_hold(HOLD_MAX_US) is None
    due_us = HOLD_MAX_US + 5
    assert store.due_hold(due_us) == (1, job.session_row)
    assert own.lapse_holds(job.session_row, due_us)
    assert not own.lapse_holds(job.session_row, due_us)
    assert store.due_hold(due_us) is None
    sheet = hours.sheet()
    assert (sheet.state, sheet.changed_by) == (SheetState.APPROVED, "lapse")
    assert sheet.seconds.payable_s == HOUR
    kinds = [one.kind for one in own.announcements(0, 20)]
    assert kinds == [
        Happened.TIMESHEET_SUBMITTED,
        Happened.TIMESHEET_DISPUTED,
        Happened.HOLD_LAPSED,
        Happened.TIMESHEET_APPROVED,
    ]


def test_what_was_declined_is_not_offered_again_and_another_difference_is(hours: Hours) -> None:
    own = hours.house.own
    job = hours.add([seen(0, HOUR)])
    hours.move(SheetState.SUBMITTED)
    hours.move(SheetState.APPROVED)
    assert own.put_hours(job, [seen(0, 2 * HOUR)], 2)
    sheet = hours.sheet()
    (offered,) = own.corrections(sheet.row)
    assert own.decline_correction(sheet, offered.row, "lea", "no task then", 3)
    assert not own.decline_correction(sheet, offered.row, "lea", "again", 4)
    assert not own.accept_correction(sheet, offered.row, "lea", 4)
    assert own.put_hours(job, [seen(0, 2 * HOUR)], 5)
    (declined,) = own.corrections(sheet.row)
    assert (declined.state, declined.decided_by) == (CorrectionState.DECLINED, "lea")
    assert (declined.reason, declined.decided_us) == ("no task then", 3)
    assert hours.sheet().seconds.worked_s == HOUR
    assert hours.sheet().version == sheet.version + 1
    assert own.put_hours(job, [seen(0, 3 * HOUR)], 6)
    _, more = own.corrections(sheet.row)
    assert (more.state, more.parts[0].seconds.worked_s) == (CorrectionState.OFFERED, 2 * HOUR)
    assert own.accept_correction(hours.sheet(), more.row, "lea", 7)
    kinds = [one.kind for one in own.announcements(0, 20)]
    assert kinds[-2:] == [Happened.CORRECTION_DECLINED, Happened.CORRECTION_ACCEPTED]


def test_minutes_that_the_trainer_gives_up_are_not_paid(hours: Hours) -> None:
    job = hours.add([seen(0, HOUR)])
    hours.move(SheetState.SUBMITTED)
    disputed = (DisputedSpan(job.session_row, 0, 60_000_000, 50),)
    hours.move(SheetState.DISPUTED, 5, reason="why", disputed=disputed)
    assert hours.move(SheetState.DISPUTED, 6, answer="no")
    assert hours.sheet().answer == "no"
    assert hours.move(SheetState.APPROVED, 7, gives_up=True)
    found = hours.sheet().seconds
    assert (found.rejected_s, found.held_s, found.payable_s) == (60, 0, HOUR - 60)
    (hold,) = hours.house.own.holds(job.session_row)
    assert hold.ended_why is HoldEnded.GIVEN_UP


def test_what_a_review_rejects_is_not_paid_and_a_locked_week_stays(hours: Hours) -> None:
    own, job = hours.house.own, hours.add([seen(0, HOUR)])
    hours.house.change(
        "INSERT INTO reviews (id, organisation, session, how, selected_with, stake, answer_us,"
        " decide_us, second_share, blind_first, opened_us, events, claimed_until_us, stage,"
        " due_us, verdict, decided_us, decided_spans, by_silence, appealed, senior, began_us)"
        " VALUES (:id, 1, :session, 'flag', 0.5, 0.5, 1, 1, 0.3, true, 1, 0, 0, 'decided',"
        " 1, 'reject-the-pay', 1, '[[0, 60000000]]', false, false, false, 1)",
        id=bytes(16),
        session=job.session_row,
    )
    own.release_holds(job.session_row, 2)
    assert hours.sheet().seconds.rejected_s == 60
    hours.move(SheetState.APPROVED)
    hours.move(SheetState.LOCKED)
    holding.hold(own, job.session_row, [], 50, 3)
    assert hours.sheet().seconds.held_s == 0
    assert own.holds(job.session_row)[0].ended_us is None


def test_lists_are_in_sight_only(hours: Hours) -> None:
    own, other = hours.house.own, hours.house.other
    hours.add([seen(0, HOUR)])
    hours.add([seen(8 * DAY, HOUR)], other)
    theirs = Sight(person=other.id)
    assert [one.person for one in own.timesheets(theirs, 10)] == [other.id]
    assert [one.person for one in own.hours_lines(ANY_DAY, 10, sight=theirs)] == [other.id]
    newest, oldest = own.timesheets(EVERYBODY, 10)
    assert own.timesheet(oldest.id, theirs) is None
    assert own.timesheet(oldest.id, EVERYBODY) == oldest
    assert own.timesheets(EVERYBODY, 10, before_row=newest.row) == [oldest]
    assert own.timesheets(EVERYBODY, 10, week=newest.week, state=SheetState.OPEN) == [newest]
    first, second = own.hours_lines(ANY_DAY, 10)
    assert own.hours_lines(ANY_DAY, 10, after=first.key) == [second]
    assert own.hours_lines(ANY_DAY, 10, person=other.id) == [second]


@ON_POSTGRES
def test_two_who_decide_at_once_decide_once(hours: Hours) -> None:
    hours.add([seen(0, HOUR)])
    sheet, ready = hours.sheet(), Barrier(2)

    def approve(_: int) -> bool:
        ready.wait()
        return hours.house.own.move_timesheet(sheet, _move(SheetState.APPROVED), 2)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, range(2))) == [False, True]
