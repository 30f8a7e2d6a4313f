"""Whatever the server's document offers a platform, the client asks, and nothing else."""

import inspect
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from veritype_client import Disputed, NotFound, Place, Platform

from server.reference.published import published_document
from tests.client.scripted import Asked, Reply, problem, scripted

NOW, DAY, ID = datetime(2026, 12, 1, tzinfo=UTC), date(2026, 12, 1), "ab" * 16
GIVEN: dict[str, Any] = {
    "classes": "aaa",
    "device": ID,
    "email": "ada@example.com",
    "first": 1,
    "form": "csv",
    "identifier": "task-4711",
    "key": "mine",
    "kinds": ["session.scored"],
    "last": 2,
    "number": 3,
    "opened_before": NOW,
    "opened_from": NOW,
    "paused": True,
    "person": ID,
    "project": ID,
    "reason": "why",
    "review": ID,
    "seen": '"seen"',
    "session": ID,
    "sessions": [Place(ID, [3], [(0, 1)])],
    "state": "open",
    "stretches": [Disputed(ID, NOW, NOW)],
    "submission": ID,
    "text": "abc",
    "timesheet": ID,
    "url": "https://example.com/",
    "webhook": ID,
    "week": "2026-W49",
    "within_s": 0.0,
}
"""A value for each parameter by its name: no method has one that is not tried."""
OTHER = {("GET", "/.well-known/veritype-keys")}
"""What is asked beside `/v1`."""


class Operation(NamedTuple):
    """What can be said in one operation."""

    method: str
    path: str
    query: frozenset[str]
    body: frozenset[str]
    if_match: bool


def called(platform: Platform, name: str) -> None:
    """Call a method with everything that it takes; the first item of what it gives."""
    method = getattr(platform, name)
    days = name in ("hours", "export_hours", "export_decisions")
    given = {
        each: DAY if days and each in ("first", "last") else GIVEN[each]
        for each in inspect.signature(method).parameters
    }
    found = method(**given)
    if isinstance(found, Iterator):
        next(found)


METHODS = [
    name
    for name, _ in inspect.getmembers(Platform, inspect.isfunction)
    if not name.startswith("_") and name != "close"
]


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """What all methods ask a server that has nothing."""
    nothing = Reply(404, problem("not-found"))
    with scripted(*[nothing] * len(METHODS)) as (address, found), Platform(address, "x") as asks:
        for name in METHODS:
            with pytest.raises(NotFound):
                called(asks, name)
    return found


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return published_document()


def offered(document: dict[str, Any]) -> set[Operation]:
    return {
        Operation(
            method.upper(),
            path,
            frozenset(_named(operation, "query")),
            frozenset(_fields(document, operation)),
            "If-Match" in _named(operation, "header"),
        )
        for path, item in document["paths"].items()
        if path.startswith("/v1/")
        for method, operation in item.items()
    }


def _named(operation: dict[str, Any], place: str) -> set[str]:
    return {each["name"] for each in operation["parameters"] if each["in"] == place}


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    for option in (schema, *schema.get("anyOf", ())):
        if "$ref" in option:
            schema = document["components"]["schemas"][option["$ref"].rpartition("/")[2]]
    return set(schema.get("properties", ()))


def test_every_operation_is_asked_with_all_that_it_takes(
    document: dict[str, Any], asked: list[Asked]
) -> None:
    wanted = offered(document)
    templates = {
        each.path: re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each.path)))
        for each in wanted
    }
    done, beside = set[Operation](), set[tuple[str, str]]()
    for each in asked:
        url = urlsplit(each.path)
        fitting = [path for path, form in templates.items() if form.fullmatch(url.path)]
        if not fitting:
            beside.add((each.method, url.path))
            continue
        query = {name for name, _ in parse_qsl(url.query)}
        if "limit" in query:
            query.add("cursor")
        body = msgspec.json.decode(each.body) if each.body else {}
        assert (each.key is not None) == (each.method == "POST")
        seen = each.if_match is not None
        done.add(Operation(each.method, fitting[0], frozenset(query), frozenset(body), seen))
    assert done == wanted
    assert beside == OTHER
