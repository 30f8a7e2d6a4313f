"""Endpoints by `/v1/webhooks` and on the command line, on a real socket."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.records import Scope
from server.webhooks.endpoints import ENDPOINTS_MAX
from tests.server.device import problem_of
from tests.server.house import House
from tests.server.webhooks.happening import happen
from tests.server.webhooks.test_storage import tell
from wire.problems import ProblemCode

URL = "https://8.8.8.8/hook"
BODY = {"url": URL, "kinds": ["session.scored"]}
Json = dict[str, Any]


@pytest.fixture
def platform(house: House, client: httpx.Client) -> httpx.Client:
    client.headers["authorization"] = f"Bearer {house.platform_key}"
    return client


def added(platform: httpx.Client) -> Json:
    answer = platform.post("/v1/webhooks", json=BODY)
    assert answer.status_code == 201
    return dict(answer.json())


def got(platform: httpx.Client, path: str) -> Json:
    answer = platform.get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_change_of_an_endpoint_that_was_not_seen_is_refused(platform: httpx.Client) -> None:
    path = f"/v1/webhooks/{added(platform)['id']}"
    seen = platform.get(path)
    for tag in ('"invented"', "nonsense"):
        answer = platform.patch(path, json={"paused": True}, headers={"if-match": tag})
        assert problem_of(answer).code is ProblemCode.PRECONDITION_FAILED
    assert platform.get(path).json() == seen.json()
    fits = {"if-match": seen.headers["etag"]}
    assert platform.patch(path, json={"paused": True}, headers=fits).status_code == 200
    assert platform.patch(path, json={"paused": False}, headers=fits).status_code == 412


def test_the_life_of_an_endpoint(house: House, platform: httpx.Client) -> None:
    made = added(platform)
    assert made["secret"].startswith("whsec_")
    path = f"/v1/webhooks/{made['id']}"
    found = got(platform, path)
    assert (found["url"], found["kinds"]) == (URL, ["session.scored"])
    assert (found["paused_at"], found["failures"]) == (None, 0)
    assert made["secret"] not in platform.get("/v1/webhooks").text
    changed = platform.patch(path, json={"paused": True}).json()
    assert changed["paused_because"] == "asked"
    changed = platform.patch(path, json={"kinds": ["hold.lapsed", "session.scored"]}).json()
    assert (changed["paused_because"], len(changed["kinds"])) == ("asked", 2)
    assert platform.patch(path, json={"paused": False}).json()["paused_at"] is None
    other = platform.post(f"{path}/secret").json()
    assert other["secret"] != made["secret"]
    assert other["previous_valid_until"] > found["created_at"]
    happen(house, 2)
    tell(house)
    assert platform.post(f"{path}/test").json() == {"number": 3}
    log = got(platform, f"{path}/deliveries?limit=2")
    assert [each["number"] for each in log["deliveries"]] == [3, 2]
    assert log["deliveries"][0]["kind"] == "webhook.test"
    rest = got(platform, f"{path}/deliveries?limit=2&cursor={log['next']}")
    assert [each["number"] for each in rest["deliveries"]] == [1]
    one = got(platform, f"{path}/deliveries/1")
    assert (one["state"], one["attempts"]) == ("waiting", [])
    assert one["id"] == f"{made['id']}-1"
    assert platform.post(f"{path}/replay", json={"first": 1, "last": 9}).json() == {"queued": 2}
    assert platform.delete(path).status_code == 204
    assert platform.delete(path).status_code == 404
    actions = [f"webhook.{each}" for each in ("added", "changed", "secret-changed", "removed")]
    with house.database.reading.connect() as connection:
        audit = connection.exec_driver_sql("SELECT action FROM audit_log").scalars().all()
    assert set(actions) <= set(audit)


REFUSED: Mapping[str, ProblemCode] = {
    "https://127.0.0.1/": ProblemCode.TARGET_REFUSED,
    "https://localhost/": ProblemCode.TARGET_REFUSED,
    "http://8.8.8.8/": ProblemCode.TARGET_REFUSED,
    "https://8.8.8.8:22/": ProblemCode.TARGET_REFUSED,
    "https://8.8.8.8:80/": ProblemCode.TARGET_REFUSED,
    "https://u:secret@8.8.8.8/": ProblemCode.TARGET_REFUSED,
    "https://[::ffff:10.0.0.1]/": ProblemCode.TARGET_REFUSED,
    "": ProblemCode.INVALID_REQUEST,
}


def test_what_nothing_is_sent_to_is_refused_and_not_repeated(
    house: House, platform: httpx.Client
) -> None:
    path = f"/v1/webhooks/{added(platform)['id']}"
    for url, code in REFUSED.items():
        for answer in (
            platform.post("/v1/webhooks", json=BODY | {"url": url}),
            platform.patch(path, json={"url": url}),
        ):
            assert problem_of(answer).code is code, url
            assert "secret" not in answer.text
    assert house.rows("webhook_endpoints") == 1


def test_bad_requests_change_nothing(house: House, platform: httpx.Client) -> None:
    path = f"/v1/webhooks/{added(platform)['id']}"
    invalid: list[tuple[str, Json]] = [
        ("/v1/webhooks", BODY | {"kinds": []}),
        ("/v1/webhooks", BODY | {"kinds": ["no.such"]}),
        ("/v1/webhooks", BODY | {"kinds": ["webhook.test"]}),
        ("/v1/webhooks", BODY | {"secret": "mine"}),
        (f"{path}/replay", {"first": 5, "last": 4}),
        (f"{path}/replay", {"first": 1, "last": 10_001}),
        (f"{path}/replay", {"first": 0, "last": 1}),
    ]
    for place, body in invalid:
        answer = platform.post(place, json=body)
        assert problem_of(answer).code is ProblemCode.INVALID_REQUEST, body
    for place in ("/v1/webhooks/zz", "/v1/webhooks/" + "AB" * 16, f"{path}/deliveries/7"):
        assert platform.get(place).status_code == 404
    for _ in range(ENDPOINTS_MAX - 1):
        added(platform)
    answer = platform.post("/v1/webhooks", json=BODY)
    assert problem_of(answer).code is ProblemCode.CONFLICT
    scopes = frozenset(Scope) - {Scope.WEBHOOKS_WRITE}
    key = house.administration.add_platform_key("other", scopes)
    refused = platform.get(path, headers={"authorization": f"Bearer {key}"})
    assert problem_of(refused).code is ProblemCode.FORBIDDEN


def test_on_the_command_line(house: House) -> None:
    def run(*words: str, fails: int = 0) -> Json:
        command = ["webhook", *words, "--data", str(house.path), "--json"]
        answer = CliRunner().invoke(main, command)
        assert answer.exit_code == fails, answer.output
        return dict(json.loads(answer.stdout)) if not fails else {}

    made = run("add", URL, "--kind", "hold.lapsed")
    assert made["secret"].startswith("whsec_")
    (listed,) = run("list")["webhooks"]
    assert (listed["id"], listed["kinds"], listed["paused"]) == (made["id"], ["hold.lapsed"], None)
    assert run("test", made["id"])["number"] == 1
    assert run("remove", made["id"])["removed"] is True
    run("test", made["id"], fails=1)
    run("add", "https://10.0.0.1/", fails=1)
    plain = CliRunner().invoke(main, ["webhook", "list", "--data", str(house.path)])
    assert plain.stdout == "no webhooks\n"
