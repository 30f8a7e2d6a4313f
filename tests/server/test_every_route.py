"""Every route of the published document, as every kind of caller, with what fits and what does not.

`make fuzz` does the same for long, with other examples each time.
"""

import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.records import Role
from server.routes.documented import BYTES, EXCHANGES
from server.scoring.assessor import DetectorAssessor
from tests.server.callers import Caller, Callers, make_callers
from tests.server.device import problem_of, typing
from tests.server.house import House, browsing, copied, serving
from tests.server.storages import EMBEDDED, SHARED, STORAGES, Services
from tests.server.tenancy.first import furnish
from wire import limits
from wire.messages import BATCH_CONTENT_TYPE

schemathesis.serializer.alias(BATCH_CONTENT_TYPE, BYTES)
EXAMPLES = int(os.environ.get("VERITYPE_FUZZ_EXAMPLES", "10"))
FEWER = {EMBEDDED: 1, SHARED: 2}
"""On PostgreSQL half of the examples: what differs there is what it refuses to store."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NEVER_THERE = {"/v1/webhooks/{webhook_id}/deliveries/{number}"}
STORED = ("batches", "sessions", "consents", "objects", "devices", "platform_keys", "people")
WITH_BODY = sorted(key for key, exchange in EXCHANGES.items() if exchange.takes is not None)
LARGEST: dict[object, int] = {
    BATCH_CONTENT_TYPE: limits.BATCH_MAX_BYTES,
    BYTES: limits.OBJECT_MAX_BYTES,
}
NESTED = b"[" * 50_000
BODIES = {
    "nothing": b"",
    "no JSON": b"\xff\xfe{",
    "nested": NESTED,
    "nested and closed": NESTED + b"]" * len(NESTED),
    "another type": b"[1, 2]",
    "unknown fields": b'{"unknown": 1}',
    "huge number": b'{"policy_version": 1' + b"0" * 5_000 + b"}",
}


@pytest.fixture(scope="module", params=STORAGES)
def storage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def house(
    storage: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    path = tmp_path_factory.mktemp("every") / "data"
    if storage == EMBEDDED:
        with copied(request.getfixturevalue("furnished"), path) as made:
            yield made
        return
    furnished: House = request.getfixturevalue("furnished_on_services")
    services: Services = request.getfixturevalue("services")
    services.postgres.copy("furnished", "every_route")
    with copied(furnished, path, lambda folder: services.use(folder, "every_route")) as made:
        yield made
    services.postgres.drop("every_route")


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with serving(house.path) as found:
        yield found


@pytest.fixture(scope="module")
def callers(house: House, address: str) -> Iterator[Callers]:
    with browsing(address) as client:
        yield make_callers(house, client)


@pytest.fixture(scope="module")
def document(address: str, callers: Callers) -> dict[str, Any]:
    with browsing(address) as client:
        return dict(client.get("/v1/openapi.json").json())


def test_the_document_names_every_route_of_the_agent(document: dict[str, Any]) -> None:
    for method, path in EXCHANGES:
        assert document["paths"][path][method.lower()]["summary"]


@pytest.fixture(scope="module")
def names(house: House, address: str, callers: Callers, one_thread: None) -> dict[str, str]:
    """What is there, by the names that paths have for it."""
    ids = furnish(house, callers.chain, typing, DetectorAssessor())
    leaver = house.own.add_person("Gil Goer", Role.TRAINER, None, None)
    session = ids.session.hex()
    body = {"identifier": "asked", "sessions": [{"session": session}], "text": "a text"}
    with browsing(address) as client:
        headers = {"authorization": f"Bearer {house.platform_key}"}
        submission = client.post("/v1/submissions", json=body, headers=headers).json()["id"]
    return {
        "session_id": session,
        "submission_id": submission,
        "webhook_id": session,
        "person_id": leaver.id.hex(),
        "project_id": ids.project.hex(),
        "project": ids.project.hex(),
        "device_id": ids.device.hex(),
        "review_id": ids.review.hex(),
        "timesheet_id": ids.timesheet.hex(),
        "number": "1",
        "digest": ids.digest.hex(),
    }


def test_everything_that_a_path_names_is_there(
    document: dict[str, Any], names: dict[str, str], house: House, address: str
) -> None:
    headers = {"authorization": f"Bearer {house.platform_key}"}
    with browsing(address) as client:
        for path, item in document["paths"].items():
            if "get" in item and "{" in path:
                place = path.format_map(names)
                answer = client.get(place, headers=headers)
                absent = path in NEVER_THERE
                assert answer.status_code == (404 if absent else 200), place


def test_no_route_answers_what_the_document_does_not_say(
    address: str, document: dict[str, Any], callers: Callers, names: dict[str, str], storage: str
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=address)
    schema.config.generation.update(with_security_parameters=False)
    with requests.Session() as session:
        operations = []
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), "the document describes a route that it cannot"
            operations.append(found.ok())
        # What is taken away is taken away last: until then all others find it.
        for operation in sorted(operations, key=lambda each: each.method.upper() == "DELETE"):
            asked(operation, callers, names, session, max(1, EXAMPLES // FEWER[storage]))


def asked(
    operation: Any,
    callers: Callers,
    names: dict[str, str],
    session: requests.Session,
    examples: int,
) -> None:
    """Send generated requests of one operation, each as every caller."""
    modes = schemathesis.GenerationMode
    asking = list(those_who_differ(operation, callers))
    cases = st.one_of(
        operation.as_strategy(generation_mode=modes.POSITIVE),
        operation.as_strategy(generation_mode=modes.NEGATIVE),
    )

    @settings(
        max_examples=examples,
        derandomize="VERITYPE_FUZZ_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.booleans())
    def ask(case: Any, known: bool) -> None:
        if known:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = names[name]
        for caller in asking:
            answer = case.call(session=session, headers=caller.headers)
            case.validate_response(answer, checks=CHECKS)
            if answer.status_code != 400 or "%00" not in answer.request.url:
                check_rights(operation, caller, answer.status_code)
            if caller.foreign:
                assert not [each for each in callers.secrets if each in answer.text], case
            if answer.status_code >= 400:
                problem_of(
                    httpx.Response(answer.status_code, content=answer.content, headers=kind(answer))
                )

    ask()


def those_who_differ(operation: Any, callers: Callers) -> Iterator[Caller]:
    """Everybody, but of the keys with one scope those that may, and one that may not."""
    needs = operation.definition.raw.get("security") or [{}]
    allowed = {scope for scopes in needs[0].values() for scope in scopes}
    others = 0
    for caller in callers.everybody:
        if len(caller.scopes) == 1 and not {scope.value for scope in caller.scopes} & allowed:
            others += 1
            if others > 1:
                continue
        yield caller


def kind(answer: Any) -> dict[str, str]:
    """The content type that an answer has."""
    return {"content-type": answer.headers["content-type"][0]}


def check_rights(operation: Any, caller: Caller, status: int) -> None:
    """Who may not is refused, whatever was sent; who may is not."""
    needs = operation.definition.raw.get("security") or []
    if not needs:
        assert status not in (401, 404)
        return
    ((door, scopes),) = needs[0].items()
    if door == "device":
        assert (status == 401) == (not caller.device)
    elif not caller.scopes:
        assert status == 401
    else:
        assert (status == 403) == (not set(scopes) <= {scope.value for scope in caller.scopes})


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize("content_type", ["application/json", "text/xml; charset=utf-7"])
def test_a_body_that_is_none_is_refused_and_nothing_is_stored(
    house: House, address: str, callers: Callers, method: str, path: str, content_type: str
) -> None:
    place = path.format(digest="0" * 64)
    query = {"session": callers.chain.session.hex()}
    headers = callers.chain.device.auth | {"content-type": content_type}
    before = [house.rows(table) for table in STORED]
    with browsing(address) as client:
        for name, body in BODIES.items():
            answer = client.request(method, place, params=query, content=body, headers=headers)
            assert answer.status_code in (400, 413, 415), name
            assert problem_of(answer).detail, name
            assert body[:8] not in answer.content or not body, name
        takes = EXCHANGES[method, path].takes
        huge = b" " * (LARGEST.get(takes, limits.MESSAGE_MAX_BYTES) + 1)
        answer = client.request(method, place, params=query, content=huge, headers=headers)
        assert problem_of(answer).status in (413, 415)
    assert [house.rows(table) for table in STORED] == before
