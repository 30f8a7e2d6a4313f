"""The platform's lists: what is in them, how they are narrowed, and what they do not tell."""

from typing import Any

import httpx
import pytest

from server.clock import now_us
from server.records import Scope
from server.services.observing import as_stored
from tests.server.device import Device, problem_of
from tests.server.house import House
from wire.codes import Ability, Observable


@pytest.fixture(scope="module")
def sessions(shared: House, platform: httpx.Client) -> list[str]:
    """Of two people: two open, one closed, in the order in which they were opened."""
    device = Device(platform)
    device.enrol(shared.administration.pair(shared.trainer.name))
    first, second = device.clock_in(), device.clock_in()
    second.send(final=True)
    other = Device(platform)
    other.enrol(shared.administration.pair(shared.other.name))
    return [chain.session.hex() for chain in (first, second, other.clock_in())]


def listed(platform: httpx.Client, path: str = "/v1/sessions", **params: str) -> list[Any]:
    answer = platform.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()[path.rsplit("/", 1)[1]]
    return found


def ids(found: list[Any]) -> list[str]:
    return [each["id"] for each in found]


def test_sessions_are_narrowed_by_person_project_state_and_time(
    shared: House, platform: httpx.Client, sessions: list[str]
) -> None:
    first, second, third = sessions
    assert ids(listed(platform)) == [third, second, first]
    assert ids(listed(platform, person=shared.other.id.hex())) == [third]
    assert ids(listed(platform, state="open")) == [third, first]
    assert ids(listed(platform, state="closed")) == [second]
    assert listed(platform, state="scored") == []
    project = shared.own.projects()[0].id.hex()
    assert len(listed(platform, project=project, person=shared.trainer.id.hex())) == 2
    assert listed(platform, project="0" * 32) == []
    opened = listed(platform)[1]["started_at"]
    assert second in ids(listed(platform, **{"from": opened}))
    assert third not in ids(listed(platform, to=opened))


def test_sessions_come_page_by_page_whatever_narrows_them(
    platform: httpx.Client, sessions: list[str]
) -> None:
    every: list[dict[str, str]] = [{}, {"state": "open"}]
    for params in every:
        found: list[str] = []
        more: dict[str, str] = {"limit": "1"}
        while True:
            page = platform.get("/v1/sessions", params=params | more).json()
            found += ids(page["sessions"])
            if page["next"] is None:
                break
            more["cursor"] = page["next"]
        assert found == ids(listed(platform, **params))


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"person": "x"}, 404),
        ({"state": "flagged"}, 400),
        ({"from": "yesterday"}, 400),
        ({"from": "2026-01-01T00:00:00"}, 400),
        ({"cursor": "x"}, 400),
    ],
)
def test_what_narrows_nothing_is_refused(
    platform: httpx.Client, params: dict[str, str], status: int
) -> None:
    answer = platform.get("/v1/sessions", params=params)
    assert answer.status_code == status
    assert problem_of(answer).detail


def test_projects_have_their_policies_with_every_version(
    shared: House, platform: httpx.Client
) -> None:
    (project,) = listed(platform, "/v1/projects")
    assert platform.get(f"/v1/projects/{project['id']}").json() == project
    policies = platform.get(f"/v1/projects/{project['id']}/policies").json()["versions"]
    assert [each["version"] for each in policies] == [project["policy_version"]]
    assert policies[0]["policy"] == project["policy"]
    assert policies[0]["since"].endswith("Z")
    assert platform.get("/v1/projects/" + "0" * 32).status_code == 404
    assert platform.get(f"/v1/projects/{'0' * 32}/policies").status_code == 404


def test_devices_say_what_they_can_observe(
    shared: House, platform: httpx.Client, sessions: list[str]
) -> None:
    device = Device(platform)
    said = ((Observable.KEYBOARD, Ability.YES), (Observable.ACCESSIBILITY_TEXT, Ability.NO))
    device.enrol(shared.administration.pair(shared.trainer.name))
    id_ = device.enrolled.device.hex()
    assert platform.get(f"/v1/devices/{id_}").json()["observes"] is None
    shared.own.note_device(device.enrolled.device, "0.1.0", as_stored(said), now_us())
    found = platform.get(f"/v1/devices/{id_}").json()
    assert found["observes"] == {"keyboard": "yes", "accessibility-text": "no"}
    assert (found["revoked_at"], found["person"]["id"]) == (None, shared.trainer.id.hex())
    shared.administration.revoke_device(id_)
    assert platform.get(f"/v1/devices/{id_}").json()["revoked_at"] is not None
    theirs = listed(platform, "/v1/devices", person=shared.other.id.hex())
    assert len(theirs) == 1
    assert theirs[0]["seen_at"] is not None
    assert len(listed(platform, "/v1/devices", limit="1")) == 1
    assert platform.get("/v1/devices/" + "0" * 32).status_code == 404
    assert platform.get("/v1/devices/none").status_code == 404


def test_a_key_removes_and_invites_trainers_only(shared: House, platform: httpx.Client) -> None:
    auditor = f"/v1/people/{shared.auditor.id.hex()}"
    assert platform.delete(auditor).status_code == 404
    assert platform.get(auditor).json()["removed_at"] is None
    invited = platform.post("/v1/invitations", json={}).json()
    assert invited["role"] == "trainer"
    page = platform.get(invited["link"])
    assert page.status_code == 200
    assert platform.post("/v1/invitations", json={"role": "admin"}).status_code == 400
    reader = shared.administration.add_platform_key("reads people", {Scope.PEOPLE_READ})
    fields = {"authorization": f"Bearer {reader}"}
    mine = f"/v1/people/{shared.trainer.id.hex()}"
    assert platform.get(mine, headers=fields).status_code == 200
    assert platform.delete(mine, headers=fields).status_code == 403
