"""Hours in the console: a trainer's week, and those who decide it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli.main import main as veritype_server
from server.records import Role
from server.records.timesheets import SheetState
from tests.server.browser import Browser, first_of, signed_in
from tests.server.hours.conftest import Hours
from tests.server.hours.test_storing import HOUR, seen
from tests.server.house import PASSWORD, House, copied, serving


@pytest.fixture(scope="module")
def served(
    furnished: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, str]]:
    path = Path(tmp_path_factory.mktemp("hours")) / "data"
    with copied(furnished, path) as house, serving(house.path) as address:
        house.administration.add_person("Ann Admin", Role.ADMIN, "ann", PASSWORD)
        yield house, address


def step(browser: Browser, sheet: str, name: str, **fields: str) -> int:
    """Press a button of the week's page; the status that came of it."""
    page = f"/hours/{sheet}"
    version = first_of(r'name="version" value="(\d+)"', browser.get(page).text)
    answer = browser.submit(f"{page}/{name}", {"version": version, **fields}, page)
    return answer.status_code


def test_week_is_submitted_disputed_answered_and_approved(served: tuple[House, str]) -> None:
    house, address = served
    hours = Hours(house)
    job = hours.add([seen(0, HOUR), seen(30 * HOUR, HOUR)])
    sheet, first = hours.sheet().id.hex(), hours.lines()[0]
    with Browser(address) as ada, Browser(address) as ann, Browser(address) as tim:
        signed_in(ada, "ada", PASSWORD)
        signed_in(ann, "ann", PASSWORD)
        signed_in(tim, "tim", PASSWORD)
        assert f"/hours/{sheet}" in ada.get("/hours").text
        assert f"/hours/{sheet}" not in tim.get("/hours").text
        assert tim.get(f"/hours/{sheet}").status_code == 404
        assert step(ann, sheet, "submit") == 403
        assert step(ada, sheet, "approve") == 403
        assert step(ada, sheet, "submit") == 303
        key = f"{first.session.hex()}:{first.day}"
        assert step(ann, sheet, "dispute", reason="why <b>", line="x:1") == 404
        assert step(ann, sheet, "dispute", reason="why <b>") == 400
        assert step(ann, sheet, "dispute", reason="why <b>", line=key) == 303
        page = ada.get(f"/hours/{sheet}").text
        assert "why &lt;b&gt;" in page
        assert "held 1:00:00, payable 1:00:00" in page
        assert step(ada, sheet, "answer", answer="I was there") == 303
        assert "I was there" in ann.get(f"/hours/{sheet}").text
        stale = {"version": "1"}
        assert ann.submit(f"/hours/{sheet}/approve", stale, "/hours").status_code == 409
        assert step(ann, sheet, "approve") == 303
        assert house.own.put_hours(job, [seen(0, HOUR)], 5)
        (less,) = house.own.corrections(hours.sheet().row)
        accept = f"corrections/{less.row}/accept"
        assert "-1:00:00 (offered)" in ann.get(f"/hours/{sheet}").text
        assert step(ann, sheet, accept) == 403, "what takes pay away is the trainer's to accept"
        decline = f"corrections/{less.row}/decline"
        assert step(ann, sheet, decline, reason="x") == 403
        assert step(ada, sheet, decline) == 400
        assert step(ada, sheet, "corrections/77/decline", reason="x") == 404
        assert step(ada, sheet, decline, reason="I <b>was</b> there") == 303
        assert "(declined: I &lt;b&gt;was&lt;/b&gt; there)" in ann.get(f"/hours/{sheet}").text
        assert house.own.put_hours(job, [seen(0, HOUR - 60)], 6)
        less = house.own.corrections(hours.sheet().row)[-1]
        accept = f"corrections/{less.row}/accept"
        assert step(ada, sheet, accept) == 303
        assert step(ann, sheet, "lock") == 303
        assert hours.sheet().state is SheetState.LOCKED
        assert hours.sheet().seconds.payable_s == 2 * HOUR - 60, "what was declined stays paid"


def test_trainer_gives_disputed_minutes_up(served: tuple[House, str]) -> None:
    house, address = served
    hours = Hours(house, added=20)
    hours.add([seen(24 * 7 * HOUR, HOUR)], house.other)
    sheet, line = hours.sheet().id.hex(), hours.lines()[-1]
    hours.move(SheetState.SUBMITTED)
    with Browser(address) as tim, Browser(address) as ann:
        signed_in(tim, "tim", PASSWORD)
        signed_in(ann, "ann", PASSWORD)
        step(ann, sheet, "dispute", reason="why", line=f"{line.session.hex()}:{line.day}")
        assert step(tim, sheet, "give-up") == 303
    found = hours.sheet()
    assert (found.state, found.seconds.payable_s) == (SheetState.APPROVED, 0)


def test_some_minutes_of_a_day_are_disputed_by_its_own_clock(served: tuple[House, str]) -> None:
    house, address = served
    hours = Hours(house, added=40)
    hours.add([seen(14 * 24 * HOUR, HOUR), seen(14 * 24 * HOUR + 2 * HOUR, HOUR)], house.other)
    sheet, line = hours.sheet().id.hex(), hours.lines()[-1]
    hours.move(SheetState.SUBMITTED)
    day = f"{line.day}:{line.zone}"
    with Browser(address) as ann:
        signed_in(ann, "ann", PASSWORD)
        path, fields = f"/hours/{sheet}", {"day": day, "reason": "why <b>"}
        assert f'<option value="{day}">' in ann.get(path).text
        for wrong, says in (
            ({"from": "00:30", "to": "00:10"}, "It ends before it begins"),
            ({"from": "00:30", "to": ""}, "Name the day, and from when to when"),
            ({"from": "01:10", "to": "01:50"}, "Nothing of this week lies in 01:10 to 01:50"),
            ({"from": "00:10", "to": "00:50", "day": "1:UTC"}, "A day that is named has no hours"),
        ):
            version = first_of(r'name="version" value="(\d+)"', ann.get(path).text)
            sent = {"version": version} | fields | wrong
            answer = ann.submit(f"{path}/dispute", sent, path)
            assert answer.status_code == 400, says
            assert f'role="alert">{says}' in answer.text
            assert f'name="from" value="{wrong["from"]}"' in answer.text, "what was typed is kept"
            assert "why &lt;b&gt;</textarea>" in answer.text
        times = {"from": "00:30", "to": "02:15"}
        assert step(ann, sheet, "dispute", **(fields | times)) == 303
    assert hours.sheet().seconds.held_s == (30 + 15) * 60


def test_zone_is_chosen_once_a_day(served: tuple[House, str]) -> None:
    house, address = served
    with Browser(address) as ada:
        signed_in(ada, "ada", PASSWORD)
        assert ada.submit("/hours/zone", {"zone": "Mars/Olympus"}, "/hours").status_code == 400
        assert ada.submit("/hours/zone", {"zone": "Asia/Kathmandu"}, "/hours").status_code == 303
        assert 'value="Asia/Kathmandu"' in ada.get("/hours").text
        again = ada.submit("/hours/zone", {"zone": "UTC"}, "/hours")
        assert again.status_code == 400
        assert "once a day" in again.text
    assert [zone.zone for zone in house.own.zones_of(house.trainer.id)] == ["Asia/Kathmandu"]


def test_nobody_is_sent_to_sign_in_and_strange_weeks_are_not_there(
    served: tuple[House, str],
) -> None:
    _, address = served
    with Browser(address) as browser:
        for path in ("/hours", f"/hours/{'00' * 16}"):
            assert browser.get(path).headers["location"] == "/login"
        signed_in(browser, "ann", PASSWORD)
        for path in (f"/hours/{'00' * 16}", "/hours/x", "/hours?before=x"):
            assert browser.get(path).status_code == 404


def test_operator_names_the_zone_of_everybody_else(served: tuple[House, str]) -> None:
    house, _ = served
    named = ["organisation", "zone", "--data", str(house.path)]
    made = CliRunner().invoke(veritype_server, [*named, "--json", "Asia/Tokyo"])
    assert json.loads(made.output) == {"zone": "Asia/Tokyo"}
    refused = CliRunner().invoke(veritype_server, [*named, "Mars/Olympus"])
    assert refused.exit_code == 1
    assert [zone.zone for zone in house.own.zones_of(house.other.id)] == ["Asia/Tokyo"]
