"""Before minutes lapse, or a week is approved without its trainer, people are told, once."""

from server.hours.nearing import NearLapses
from server.notices.telling import Telling
from server.records import DAY_US, Happened, Role, SessionEntry
from server.records.timesheets import DisputedSpan, SheetState, approvable_us, last_approvable
from tests.server.holding import hold
from tests.server.hours.conftest import Hours
from tests.server.hours.test_storing import HOUR, seen
from tests.server.house import House, bare_session

NEAR = (Happened.HOLD_NEAR, Happened.WEEK_LAPSE_NEAR, Happened.WEEK_UNSUBMITTED)
WHOLE_US = HOUR * 1_000_000
SUBMITTED_US = 1


def told(house: House) -> list[tuple[Happened, str]]:
    found = house.own.announcements(0, 99)
    return [(one.kind, one.subject) for one in found if one.kind in NEAR]


def readers(house: House) -> dict[str, list[tuple[str, str]]]:
    """Kind and path of the notices of each person, by name."""
    Telling(house.installation.store, by_mail=False).do_next(1)
    return {
        person.name: [
            (one.kind.value, one.path)
            for one in house.own.notices(person.id, None, 99)
            if one.kind in NEAR
        ]
        for person in house.own.people()
    }


def staff(house: House) -> tuple[str, str]:
    lead = house.own.add_person("Lea", Role.LEAD, None, None)
    admin = house.own.people_as([Role.ADMIN])[0]
    return lead.name, admin.name


def test_what_a_review_holds_is_told_to_leads_and_admins_once(house: House) -> None:
    session: SessionEntry = bare_session(house)
    names, errand = staff(house), NearLapses(house.installation.store)
    lapses_us = 10 * DAY_US
    hold(house.own, session.row, [(0, 60), (90, 120)], lapses_us, now_us=DAY_US)
    assert not errand.do_next(8 * DAY_US - 1)
    assert told(house) == []
    assert errand.do_next(8 * DAY_US)
    assert told(house) == [(Happened.HOLD_NEAR, session.id.hex())]
    assert not errand.do_next(8 * DAY_US + 1)
    found = readers(house)
    assert all(found[name] == [("hold.near", "/hours")] for name in names)
    assert found[house.trainer.name] == []
    hold(house.own, session.row, [(200, 300)], lapses_us, now_us=9 * DAY_US)
    assert errand.do_next(9 * DAY_US)
    assert len(told(house)) == 1, "held anew until the same moment: it was told"


def test_a_lead_is_not_told_of_their_own_held_time(house: House) -> None:
    row = bare_session(house).row
    house.own.set_role(house.trainer.id, Role.LEAD)
    hold(house.own, row, [(0, 60)], DAY_US, now_us=1)
    assert NearLapses(house.installation.store).do_next(2)
    assert readers(house)[house.trainer.name] == []


def test_a_hold_that_ended_or_lapsed_is_no_news(house: House) -> None:
    row, errand = bare_session(house).row, NearLapses(house.installation.store)
    hold(house.own, row, [(0, 60)], 10 * DAY_US, now_us=DAY_US)
    assert not errand.do_next(10 * DAY_US), "the time is over"
    house.own.release_holds(row, 2 * DAY_US)
    assert not errand.do_next(9 * DAY_US)
    assert told(house) == []


def test_a_dispute_is_told_to_its_trainer_leads_and_admins_once(hours: Hours) -> None:
    first, second = hours.add([seen(0, HOUR)]), hours.add([seen(2 * HOUR, HOUR)])
    names, errand = staff(hours.house), NearLapses(hours.house.installation.store)
    hours.move(SheetState.SUBMITTED)
    spans = tuple(
        DisputedSpan(job.session_row, 0, WHOLE_US, 14 * DAY_US) for job in (first, second)
    )
    assert hours.move(SheetState.DISPUTED, SUBMITTED_US, reason="why", disputed=spans)
    sheet = hours.sheet().id.hex()
    assert not errand.do_next(12 * DAY_US)
    assert errand.do_next(12 * DAY_US + SUBMITTED_US)
    assert told(hours.house) == [(Happened.WEEK_LAPSE_NEAR, sheet)]
    assert not errand.do_next(13 * DAY_US)
    found = readers(hours.house)
    assert all(found[name] == [("timesheet.lapse-near", "/hours")] for name in names)
    assert found[hours.house.trainer.name] == [("timesheet.lapse-near", f"/hours/{sheet}")]


def test_a_trainer_is_told_before_a_week_can_be_approved_without_them(hours: Hours) -> None:
    hours.add([seen(0, HOUR)])
    staff(hours.house)
    sheet, errand = hours.sheet(), NearLapses(hours.house.installation.store)
    due_us = approvable_us(sheet.week)
    assert not errand.do_next(due_us - 2 * DAY_US - 1)
    assert errand.do_next(due_us - 2 * DAY_US)
    assert not errand.do_next(due_us - DAY_US)
    assert told(hours.house) == [(Happened.WEEK_UNSUBMITTED, sheet.id.hex())]
    found = readers(hours.house)
    theirs = found.pop(hours.house.trainer.name)
    assert theirs == [("timesheet.unsubmitted", f"/hours/{sheet.id.hex()}")]
    assert not any(found.values())


def test_a_week_that_was_submitted_or_can_be_approved_already_is_no_news(hours: Hours) -> None:
    hours.add([seen(0, HOUR)])
    due_us, errand = approvable_us(hours.sheet().week), NearLapses(hours.house.installation.store)
    assert not errand.do_next(due_us)
    hours.move(SheetState.SUBMITTED)
    assert not errand.do_next(due_us - DAY_US)
    assert told(hours.house) == []


def test_the_last_week_that_can_be_approved_and_the_moment_are_the_same_rule() -> None:
    week = last_approvable(20_000 * DAY_US)
    assert approvable_us(week) == 20_000 * DAY_US
    assert last_approvable(20_000 * DAY_US - 1) == week - 1
