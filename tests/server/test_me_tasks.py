"""What needs a trainer, in order of deadline, and how much time there is."""

import pytest

from server.console.me_contexts import me_page
from server.console.own_time import OwnTime
from server.hours.calendar import monday_of
from server.records.hours import Seconds
from server.records.timesheets import SheetState, Timesheet, approvable_us

DAY_US = 86_400_000_000


def week(name: str, state: SheetState, answer: str | None = None) -> Timesheet:
    monday = monday_of(name)
    nobody = (None,) * 4
    return Timesheet(
        1, bytes(16), bytes(16), "Ada", False, monday, state, 1, 1, "x", *nobody,
        "why", answer, None, Seconds(),
    )  # fmt: skip


def test_weeks_that_wait_for_their_trainer_stand_by_deadline_and_no_others_do() -> None:
    due_us = approvable_us(monday_of("2026-W10"))
    sheets = [
        (week("2026-W08", SheetState.DISPUTED), False),
        (week("2026-W07", SheetState.DISPUTED, "I was there."), False),
        (week("2026-W06", SheetState.APPROVED), True),
        (week("2026-W11", SheetState.OPEN), False),
        (week("2026-W10", SheetState.OPEN), False),
        (week("2026-W12", SheetState.OPEN), False),
        (week("2026-W05", SheetState.SUBMITTED), False),
    ]
    page = me_page([], sheets, OwnTime("Europe/Rome", due_us - 3 * 3_600_000_000))
    assert [task.title for task in page.tasks] == [
        "Week 2026-W10 is not submitted",
        "Week 2026-W11 is not submitted",
        "Some of your time in week 2026-W08 is disputed",
        "A correction of week 2026-W06 would take time away",
    ]
    assert [task.left for task in page.tasks] == ["3 hours left", "7 days left", "", ""]
    assert "Europe/Rome" in page.tasks[0].silence
    assert page.waiting == ()


@pytest.mark.parametrize(
    ("left_us", "said"),
    [
        (-1, "over"),
        (1, "less than an hour left"),
        (3_600_000_000, "1 hour left"),
        (2 * DAY_US - 1, "47 hours left"),
        (2 * DAY_US, "2 days left"),
    ],
)
def test_the_time_that_is_left_is_rounded_down(left_us: int, said: str) -> None:
    assert OwnTime("UTC", 0).left(left_us) == said
