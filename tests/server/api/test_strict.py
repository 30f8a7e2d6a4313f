"""`/v1` takes what its document says and no more, and says where a mistake is."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from server.app import build_app
from server.installation import open_installation
from tests.server.device import problem_of
from tests.server.house import House
from tests.server.storages import EMBEDDED
from wire.problems import ProblemCode

NOWHERE = "0" * 32
SECRET = "xyzzyqwv"
"""Stands in what is sent; must not stand in what is answered."""


@pytest.fixture
def storage() -> str:
    """What is refused here is never stored."""
    return EMBEDDED


@pytest.fixture
def operations(house: House) -> list[tuple[str, str, dict[str, Any]]]:
    document = build_app(open_installation(house.path)).document()
    return list(_operations(document))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        if path.startswith("/v1/"):
            for method, operation in item.items():
                place = path
                for parameter in operation["parameters"]:
                    value = "1" if parameter["name"] == "number" else NOWHERE
                    place = place.replace(f"{{{parameter['name']}}}", value)
                yield method.upper(), place, operation


@pytest.fixture
def key(house: House) -> dict[str, str]:
    return {"authorization": f"Bearer {house.platform_key}"}


def test_every_route_refuses_a_parameter_that_it_has_not(
    client: httpx.Client, key: dict[str, str], operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    for method, place, operation in operations:
        asked = {"bogus": SECRET, f"<{SECRET}>": "1"}
        answer = client.request(method, place, params=asked, headers=key)
        told = problem_of(answer)
        assert told.status == 400, (method, place)
        assert "query bogus (there is no such parameter)" in told.detail
        assert SECRET not in answer.text
        assert "400" in operation["responses"]
        assert client.request(method, place, params=asked).status_code == 401


def test_every_route_with_a_body_refuses_another_content_type(
    client: httpx.Client, key: dict[str, str], operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    asked = 0
    for method, place, operation in operations:
        if "requestBody" not in operation:
            continue
        assert "415" in operation["responses"]
        body = operation["requestBody"]["content"]["application/json"]["example"]
        content = httpx.Request("POST", "http://a", json=body).content
        for kind in ("text/xml", "application/jsonx", "application/x-www-form-urlencoded", None):
            headers = key | ({"content-type": kind} if kind else {})
            answer = client.request(method, place, content=content, headers=headers)
            told = problem_of(answer)
            assert (told.status, told.code) == (415, ProblemCode.UNSUPPORTED_MEDIA_TYPE), place
            assert "application/json" in told.detail
        headers = {"content-type": "text/xml"}
        assert client.request(method, place, content=content, headers=headers).status_code == 401
        headers = key | {"content-type": "Application/JSON; charset=utf-8"}
        answer = client.request(method, place, content=content, headers=headers)
        assert answer.status_code != 415
        asked += 1
    assert asked >= 5


@pytest.mark.parametrize(
    "place", ["/v1/sessions/", "/v1/webhooks/", "/sessions/", "/agent/v1/projects/"]
)
def test_a_slash_at_the_end_is_another_place(
    client: httpx.Client, key: dict[str, str], place: str
) -> None:
    answer = client.get(place, headers=key | {"host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("method", "place", "body", "where"),
    [
        ("GET", f"/v1/sessions?limit={SECRET}", None, "query limit."),
        ("GET", f"/v1/hours?from={SECRET}&to=2026-01-01", None, "query from."),
        ("GET", "/v1/hours", None, "query from (it is missing), query to (it is missing)."),
        (
            "POST",
            "/v1/webhooks",
            {"url": [SECRET], "kinds": ["session.scored", SECRET]},
            "$.url, $.kinds[1].",
        ),
        ("POST", "/v1/webhooks", {"url": SECRET, "kinds": [SECRET] * 99}, "$.kinds."),
        ("POST", "/v1/webhooks", {"url": "a", "kinds": [SECRET] * 5}, "$.kinds[2], and 2 more."),
        ("POST", "/v1/webhooks", {}, "$.url (it is missing), $.kinds (it is missing)."),
        ("POST", "/v1/invitations", {"nosuch": SECRET}, "$.nosuch (there is no such field)."),
        ("POST", "/v1/invitations", {f"<{SECRET}>": 1}, "$ (there is no such field)."),
        ("POST", "/v1/invitations", SECRET, "$."),
    ],
)
def test_a_refusal_says_where_and_never_what(
    client: httpx.Client, key: dict[str, str], method: str, place: str, body: object, where: str
) -> None:
    answer = client.request(method, place, json=body, headers=key)
    told = problem_of(answer)
    assert told.status == 400
    assert told.detail.endswith(where), told.detail
    assert SECRET not in answer.text


@pytest.mark.parametrize("content", [b'{"url"', b"[" * 50_000])
def test_a_body_that_is_no_json_is_said_to_be_none(
    client: httpx.Client, key: dict[str, str], content: bytes
) -> None:
    headers = key | {"content-type": "application/json"}
    answer = client.post("/v1/webhooks", content=content, headers=headers)
    assert (answer.status_code, "not JSON" in problem_of(answer).detail) == (400, True)


@pytest.mark.parametrize(
    "place", ["/v1/sessions", "/v1/assessments", "/v1/hours", "/v1/exports/hours"]
)
def test_a_time_that_ends_before_it_begins(
    client: httpx.Client, key: dict[str, str], place: str
) -> None:
    days = "hours" in place
    params = {"from": "2026-02-01", "to": "2026-01-01"}
    if not days:
        params = {name: f"{day}T00:00:00Z" for name, day in params.items()}
    answer = client.get(place, params=params, headers=key)
    assert (answer.status_code, "`from`" in problem_of(answer).detail) == (400, True)


def test_a_head_is_a_get_without_its_body(client: httpx.Client, key: dict[str, str]) -> None:
    places = ("/v1/sessions", "/v1/openapi.json", "/.well-known/veritype-keys", "/login")
    for place in (*places, f"/v1/sessions/{NOWHERE}", "/v1/sessions?bogus=1"):
        got, headed = client.get(place, headers=key), client.head(place, headers=key)
        assert (headed.status_code, headed.content) == (got.status_code, b""), place
        for name in ("content-type", "etag", "cache-control"):
            assert headed.headers.get(name) == got.headers.get(name), (place, name)
    assert client.head("/v1/sessions").status_code == 401
    assert client.head("/v1/invitations", headers=key).status_code == 405
    # The connection is still in step.
    assert client.get("/v1/sessions", headers=key).status_code == 200
    known = {"if-none-match": client.get("/v1/sessions", headers=key).headers["etag"]}
    assert client.head("/v1/sessions", headers=key | known).status_code == 304


def test_the_log_says_head_and_the_route(
    client: httpx.Client, key: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="server.requests"):
        client.head(f"/v1/sessions/{NOWHERE}", headers=key)
    asked = [(each.__dict__["method"], each.__dict__["route"]) for each in caplog.records]
    assert asked == [("HEAD", "/v1/sessions/{session_id}")]
