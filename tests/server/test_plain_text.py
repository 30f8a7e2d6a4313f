"""Text that PostgreSQL cannot keep, in every place where text comes in, is refused there."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from server.app import build_app
from server.http.plain_text import unfit_place
from server.installation import open_installation
from server.scoring.assessor import DetectorAssessor
from tests.server.browser import Browser, signed_in
from tests.server.device import Chain, Device, problem_of
from tests.server.house import PASSWORD, House
from tests.server.kinds import Typing
from tests.server.storages import ON_POSTGRES
from tests.server.tenancy.calls import CALLS
from tests.server.tenancy.first import furnish

Document = Mapping[str, Any]
UNFIT = {"a NUL": b'"a\\u0000b"', "half a pair": b'"\\ud800"', "its bytes": b'"\xed\xa0\x80"'}
SIGNS_OUT = {"/logout", "/account/sign-out"}
HEADERS = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"reason": "plain", "list": [1, null]}', None),
        ('{"reason": "\u00fc \\u00fc \\ud83d\\ude00"}'.encode(), None),
        (b'{"reason": "a \\\\u0000 in writing"}', None),
        (b'{"reason": "\\u0000"}', "$.reason"),
        (b'{"stretches": [{}, {"session": "a\\u0000"}]}', "$.stretches[1].session"),
        (b'{"a": {"\\u0000": 1}}', "$.a"),
        (b'{"a name to be\\u00e4": "\\u0000"}', "$"),
        (b'{"reason": "\\ud800"}', "$"),
        (b'{"reason": "\xed\xa0\x80"}', "$"),
        ('{"reason": "\0"}'.encode("utf-16"), "$"),
        (b"\\u" + b"[" * 50_000, "$"),
    ],
)
def test_the_place_of_text_that_is_not_kept(body: bytes, place: str | None) -> None:
    assert unfit_place(body) == place


def bodies(schema: Document, document: Document, deep: int = 0) -> Iterator[tuple[bytes, str]]:
    """Bodies with a `%s` in the place of one text, and the place's name; one for each text."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for either in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from bodies(either, document, deep + 1)
    if schema.get("type") == "string" and "enum" not in schema:
        yield b"%s", ""
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        for body, place in bodies(schema["items"], document, deep + 1):
            yield b"[" + body + b"]", f"[0]{place}"
    for name, within in schema.get("properties", {}).items():
        for body, place in bodies(within, document, deep + 1):
            yield b'{"%s": ' % name.encode() + body + b"}", f".{name}{place}"


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if path != "/agent/v1/batches":
                yield method.upper(), path, operation


def named(path: str, operation: Document, value: str = "0" * 32) -> str:
    for parameter in operation.get("parameters", ()):
        path = path.replace(f"{{{parameter['name']}}}", quote(value))
    return path


def token_for(path: str, house: House, chain: Chain) -> dict[str, str]:
    if path.startswith("/agent/"):
        return chain.device.auth
    return {"authorization": f"Bearer {house.platform_key}"}


@pytest.fixture
def document(house: House) -> Document:
    return build_app(open_installation(house.path)).document()


@ON_POSTGRES
def test_no_body_of_the_document_may_hold_it(
    house: House, chain: Chain, client: httpx.Client, document: Document
) -> None:
    asked = 0
    for method, path, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        for body, place in bodies(schema, document):
            token = (
                chain.device.auth
                if path.startswith("/agent/")
                else {"authorization": f"Bearer {house.platform_key}"}
            )
            for what, text in UNFIT.items():
                answer = client.request(
                    method,
                    named(path, operation),
                    content=body.replace(b"%s", text),
                    headers=HEADERS | token,
                )
                where = f"{method} {path} {place} {what}: {answer.text}"
                assert answer.status_code == 400, where
                assert problem_of(answer).detail, where
                assert what != "a NUL" or f"${place}" in answer.text, where
                asked += 1
    assert asked > 60


@ON_POSTGRES
def test_no_path_and_no_query_of_the_document_may_hold_it(
    house: House, chain: Chain, client: httpx.Client, document: Document
) -> None:
    for method, path, operation in operations(document):
        token = (
            chain.device.auth
            if path.startswith("/agent/")
            else {"authorization": f"Bearer {house.platform_key}"}
        )
        queries = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"]
        asked = [(named(path, operation), {name: "a\0"}) for name in queries]
        if "{" in path:
            asked.append((named(path, operation, "a\0"), {}))
        for place, params in asked:
            answer = client.request(method, place, params=params, headers=HEADERS | token)
            assert answer.status_code == 400, (method, path, params)
            assert "NUL" in problem_of(answer).detail


@ON_POSTGRES
def test_no_form_and_no_address_of_the_console_may_hold_it(
    house: House, chain: Chain, typing: Typing, one_thread: None, address: str
) -> None:
    ids = furnish(house, chain, typing, DetectorAssessor())
    refused, forms = set[str](), set[str]()
    with Browser(address) as client:
        for login in (None, "admin", "ada", "otto"):
            if login is not None:
                signed_in(client, login, PASSWORD)
            csrf = {"csrf": client.token()}
            for (method, path), case in CALLS.items():
                if path.startswith(("/v1/", "/agent/")) or path in SIGNS_OUT:
                    continue
                call = case(ids, Device(None))
                forms |= {path} if call.form else set()
                for name in call.form or {}:
                    form = csrf | dict(call.form or {}) | {name: "a\0b"}
                    answer = client.request(method, call.path, data=form)
                    assert answer.status_code < 500, (login, path, name)
                    refused |= {path} if answer.status_code == 400 else set()
                queries = dict(call.params) or {"before": "1"}
                for name in queries:
                    params = queries | {name: "a\0b"}
                    answer = client.request(method, call.path, params=params)
                    assert answer.status_code == 400, (login, path, name)
                if "{" in path:
                    answer = client.request(method, call.path + "%00")
                    assert answer.status_code == 400, (login, path)
    assert forms <= refused
