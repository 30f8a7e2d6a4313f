"""`veritype today`: the same figures in words and as JSON, split where the day ends."""

import json
from datetime import datetime, timedelta

from tests.agent.cli.conftest import Ledger, Run
from tests.agent.conftest import FakeClock
from wire.codes import ManualReason, PauseReason


def local_day(clock: FakeClock, days: int = 0) -> str:
    moment = datetime.fromtimestamp(clock().wall_us / 1e6).astimezone()
    return f"{moment + timedelta(days=days):%Y-%m-%d}"


def test_the_days_hours_are_those_that_were_sealed(ledger: Ledger, run: Run) -> None:
    ledger.work(90)
    ledger.recording.pause(ledger.clock.forward(1), PauseReason.BREAK)
    ledger.recording.resume(ledger.clock.forward(600))
    ledger.work(30)
    now_us = ledger.clock().wall_us
    span_us = (now_us - 7_200_000_000, now_us - 3_600_000_000)
    ledger.recording.add_by_hand(ledger.clock(), span_us, ManualReason.MEETING, "planning")
    ledger.recording.clock_out(ledger.clock.forward(1))
    days = [local_day(ledger.clock, -1), local_day(ledger.clock)]
    parts = [json.loads(run("today", "--json", "--date", day).output) for day in days]
    total = {name: sum(part["total"][name] for part in parts) for name in parts[0]["total"]}
    assert total == {
        "observed_s": 122,
        "idle_s": 0,
        "paused_s": 600,
        "manual_s": 3_600,
        "unobserved_s": 0,
    }
    assert {project["name"] for part in parts for project in part["projects"]} == {"Essays"}


def test_the_day_in_words_names_its_time_zone(ledger: Ledger, run: Run) -> None:
    ledger.work(45)
    ledger.recording.clock_out(ledger.clock.forward(1))
    output = run("today", "--date", local_day(ledger.clock)).output
    assert "time zone" in output.splitlines()[0]
    assert output.splitlines()[1] == "Essays: observed 46 s"
    assert "Nothing was recorded" in run("today", "--date", "2001-01-01").output
    run("today", "--date", "yesterday", fails=2)
