"""Hours and timesheets as platforms ask for them: real HTTP, on one storage."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.hours.lapsing import HoldLapses
from server.records import HOLD_MAX_US, Scope
from server.records.hours import Kind
from server.records.timesheets import SheetState
from tests.server.hours.conftest import Hours
from tests.server.hours.test_storing import HOUR, MONDAY_S, seen
from tests.server.house import House, browsing, copied, serving
from tests.server.storages import EMBEDDED

MONTH = {"from": "2025-12-01", "to": "2025-12-31"}


@pytest.fixture(scope="module")
def served(
    furnished: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, httpx.Client]]:
    path = Path(tmp_path_factory.mktemp("hours")) / "data"
    with copied(furnished, path) as house, serving(house.path) as address, browsing(address) as one:
        one.headers["authorization"] = f"Bearer {house.platform_key}"
        yield house, one


@pytest.fixture
def storage() -> str:
    return EMBEDDED


def get(client: httpx.Client, path: str, **params: str) -> Any:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_week_goes_from_open_to_locked(served: tuple[House, httpx.Client]) -> None:
    house, client = served
    hours = Hours(house)
    hours.add([seen(0, HOUR), (MONDAY_S + HOUR, MONDAY_S + 2 * HOUR, Kind.MANUAL)])
    (listed,) = get(client, "/v1/timesheets", week="2025-W49")["timesheets"]
    assert (listed["state"], listed["totals"]["payable_s"]) == ("open", 2 * HOUR)
    path = f"/v1/timesheets/{listed['id']}"
    dispute = {
        "reason": "=1+1",
        "stretches": [
            {
                "session": hours.lines()[0].session.hex(),
                "start": "2025-12-01T02:30:00+01:00",
                "end": "2026-12-01T00:00:00Z",
            }
        ],
    }
    assert client.post(f"{path}/dispute", json=dispute).status_code == 409, "not submitted"
    hours.move(SheetState.SUBMITTED)
    tag = client.get(path).headers["etag"]
    disputed = client.post(f"{path}/dispute", json=dispute, headers={"if-match": tag})
    assert disputed.status_code == 200, disputed.text
    assert disputed.json()["timesheet"]["totals"]["held_s"] == HOUR // 2
    approve = client.post(f"{path}/approve", headers={"if-match": tag})
    assert approve.status_code == 412
    assert client.post(f"{path}/approve").json()["timesheet"]["state"] == "approved"
    assert client.post(f"{path}/approve").status_code == 409
    hours.add([seen(0, 3 * HOUR)])
    (correction,) = get(client, path)["corrections"]
    assert (correction["state"], correction["takes_away"]) == ("offered", False)
    accept = f"{path}/corrections/{correction['number']}/accept"
    assert client.post(accept).json()["timesheet"]["totals"]["worked_s"] == 3 * HOUR
    assert client.post(accept).status_code == 409
    assert client.post(f"{path}/corrections/77/accept").status_code == 404
    hours.add([seen(8 * HOUR, HOUR)])
    correction = get(client, path)["corrections"][-1]
    decline = f"{path}/corrections/{correction['number']}/decline"
    assert client.post(decline, json={"reason": " "}).status_code == 400
    assert client.post(decline, json={}).status_code == 400
    stale = client.post(decline, json={"reason": "why"}, headers={"if-match": tag})
    assert stale.status_code == 412
    declined = client.post(decline, json={"reason": "No task was open then."})
    assert declined.json()["timesheet"]["totals"]["worked_s"] == 3 * HOUR
    answered = declined.json()["corrections"][-1]
    assert (answered["state"], answered["reason"]) == ("declined", "No task was open then.")
    assert answered["declined_at"]
    assert answered["accepted_at"] is None
    assert client.post(decline, json={"reason": "why"}).status_code == 409
    assert client.post(f"{path}/lock").json()["timesheet"]["state"] == "locked"
    assert client.post(f"{path}/dispute", json=dispute).status_code == 409


def test_export_is_the_lines_to_the_second(served: tuple[House, httpx.Client]) -> None:
    house, client = served
    lines = Hours(house).lines()
    text = client.get("/v1/exports/hours", params=MONTH | {"format": "csv"})
    assert text.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(text.text)))
    found = get(client, "/v1/exports/hours", **MONTH, format="json")["hours"]
    assert [{name: str(value or "0") for name, value in one.items()} for one in found] == [
        {name: value or "0" for name, value in row.items()} for row in rows
    ]
    assert sum(row["worked_s"] for row in found) == sum(one.seconds.worked_s for one in lines)
    paged, cursor = list[Any](), ""
    while True:
        asked = MONTH | {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = get(client, "/v1/hours", **asked)
        paged += page["hours"]
        if (cursor := page["next"]) is None:
            break
    assert paged == found
    none = {"from": "2020-01-01", "to": "2020-01-01", "format": "json"}
    assert get(client, "/v1/exports/hours", **none) == {"hours": []}


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/v1/hours", {"from": "2025-12-02", "to": "2025-12-01"}),
        ("/v1/exports/hours", {"from": "2025-01-01", "to": "2026-12-01"}),
        ("/v1/hours", {"from": "yesterday", "to": "2025-12-01"}),
        ("/v1/hours", {}),
        ("/v1/exports/hours", MONTH | {"format": "xlsx"}),
        ("/v1/timesheets", {"week": "2025-W60"}),
        ("/v1/timesheets", {"week": "0000-W01"}),
    ],
)
def test_days_that_there_are_not_are_refused(
    served: tuple[House, httpx.Client], path: str, params: dict[str, str]
) -> None:
    assert served[1].get(path, params=params).status_code == 400


def test_dispute_names_minutes_of_its_week(served: tuple[House, httpx.Client]) -> None:
    house, client = served
    hours = Hours(house, added=50)
    hours.add([seen(14 * 24 * HOUR, HOUR)], house.other)
    hours.move(SheetState.SUBMITTED)
    sheet, session = hours.sheet(), hours.lines()[-1].session.hex()
    day = "2025-12-15T00:{}:00Z"
    refused = [
        {"session": "00" * 16, "start": day.format("00"), "end": day.format("10")},
        {"session": session, "start": day.format("10"), "end": day.format("10")},
        {"session": session, "start": "2025-12-01T00:00:00Z", "end": "2025-12-02T00:00:00Z"},
        {"session": session, "start": "2025-12-15T00:00:00", "end": day.format("10")},
    ]
    for stretches in ([], *([one] for one in refused)):
        answer = client.post(
            f"/v1/timesheets/{sheet.id.hex()}/dispute",
            json={"reason": "why", "stretches": stretches},
        )
        assert answer.status_code == 400, answer.text
    blank = {"reason": " ", "stretches": [refused[1] | {"end": day.format("20")}]}
    path = f"/v1/timesheets/{sheet.id.hex()}/dispute"
    assert client.post(path, json=blank).status_code == 400
    assert client.post(path, json=blank | {"reason": "why"}).status_code == 200
    errand, due_us = HoldLapses(house.installation.store), 2 * MONDAY_S * 1_000_000 + HOLD_MAX_US
    assert errand.do_next(due_us)
    assert not errand.do_next(due_us)
    approved = {"state": "approved", "person": house.other.id.hex()}
    assert get(client, "/v1/timesheets", **approved)["timesheets"]


def test_reading_is_not_deciding(served: tuple[House, httpx.Client]) -> None:
    house, client = served
    reads = house.administration.add_platform_key("reads", {Scope.TIMESHEETS_READ})
    fields = {"authorization": f"Bearer {reads}"}
    path = f"/v1/timesheets/{Hours(house).sheet().id.hex()}"
    assert client.get(path, headers=fields).status_code == 200
    for tail in ("approve", "lock", "corrections/1/accept"):
        assert client.post(f"{path}/{tail}", headers=fields).status_code == 403
    assert client.get("/v1/exports/hours", params=MONTH, headers=fields).status_code == 403
