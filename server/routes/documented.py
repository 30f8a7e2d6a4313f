"""The OpenAPI document of every route but the pages: the platform's, and the agent's.

FastAPI describes the platform's routes, `wire.messages` the agent's messages; what may go wrong
is the same for all, so it is said here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import Route

from server.ingest.route import PATH as BATCHES
from server.routes.v1.described import add_examples, describe_conventions
from wire.baseline import TypingSample
from wire.messages import (
    BATCH_CONTENT_TYPE,
    Acknowledgement,
    BlankingNotice,
    Consent,
    ConsentRequest,
    Enrolment,
    EnrolmentRequest,
    Projects,
    Release,
    Revocation,
    SessionGrant,
    SessionRequest,
    Withdrawal,
)
from wire.problems import CONTENT_TYPE, Problem

Document = dict[str, Any]
BYTES = "application/octet-stream"
AGENT = "/agent/"
_JSON = "application/json"
_DEVICE = "device"
_REFERENCE = "#/components/schemas/{name}"
_WITHIN = "#/$defs/"
_SERVERS = [{"url": "/", "description": "The server that gave this document."}]
_METHODS = {"get", "put", "post", "patch", "delete"}
_PROBLEMS = {
    400: "The request does not hold to its documented form.",
    401: "There is no token, or none that is known.",
    403: "The token does not allow this.",
    404: "There is nothing, or nothing that this token may see.",
    409: "It does not go together with what is stored.",
    413: "The body is larger than the documented limit.",
    415: "The body says that it is something else than this route takes.",
    429: "This was tried too often; wait for `Retry-After` seconds.",
    503: "The server is busy; wait for `Retry-After` seconds. Nothing was stored.",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one route of the agent takes and gives, beside problems."""

    takes: type[msgspec.Struct] | str | None = None
    """A message, or the content type of bytes."""
    gives: type[msgspec.Struct] | str | None = None
    statuses: tuple[int, ...] = (200,)
    token: bool = True


EXCHANGES: Mapping[tuple[str, str], Exchange] = {
    ("POST", "/agent/v1/enrolments"): Exchange(EnrolmentRequest, Enrolment, token=False),
    ("GET", "/agent/v1/projects"): Exchange(gives=Projects),
    ("POST", "/agent/v1/consents"): Exchange(ConsentRequest, Consent),
    ("DELETE", "/agent/v1/consents/{project}"): Exchange(gives=Withdrawal),
    ("POST", "/agent/v1/revocations"): Exchange(Revocation),
    ("POST", "/agent/v1/sessions"): Exchange(SessionRequest, SessionGrant),
    ("POST", BATCHES): Exchange(BATCH_CONTENT_TYPE, Acknowledgement),
    ("POST", "/agent/v1/blankings"): Exchange(BlankingNotice, statuses=(200, 201)),
    ("PUT", "/agent/v1/baseline"): Exchange(TypingSample, statuses=(200, 201)),
    ("DELETE", "/agent/v1/baseline"): Exchange(),
    ("PUT", "/agent/v1/objects/{digest}"): Exchange(BYTES, statuses=(200, 201)),
    ("GET", "/agent/v1/release"): Exchange(gives=Release),
    ("GET", "/agent/v1/release/file"): Exchange(gives=BYTES),
}
_QUERIES = {("PUT", "/agent/v1/objects/{digest}"): ("session",)}


def publish_document(app: FastAPI) -> None:
    """Have an application publish the whole document; call it when all routes are there."""

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = document_of(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def document_of(app: FastAPI) -> Document:
    """The document of an application's routes."""
    made: Document = get_openapi(
        title=app.title, version=app.version, routes=app.routes, servers=_SERVERS
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= _schemas()
    bearer = {"type": "http", "scheme": "bearer", "description": "A device's token."}
    made["components"].setdefault("securitySchemes", {})[_DEVICE] = bearer
    for method, path, summary in _agent_routes(app):
        made["paths"].setdefault(path, {})[method.lower()] = _operation(method, path, summary)
    for path, item in made["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                _add_problems(path, operation)
                describe_conventions(path, method, operation, _problem)
    schemas_of_all: Document = {}
    lifted: Document = _lifted(made, schemas_of_all)
    lifted["components"]["schemas"] |= schemas_of_all
    add_examples(lifted)
    return lifted


def _lifted(part: Any, schemas: Document) -> Any:
    """With the definitions that stand within a schema, as msgspec makes it, among all others."""
    if isinstance(part, list):
        return [_lifted(each, schemas) for each in part]
    if not isinstance(part, dict):
        return part
    for name, schema in part.get("$defs", {}).items():
        schemas[name] = _lifted(schema, schemas)
    lifted = {key: _lifted(each, schemas) for key, each in part.items() if key != "$defs"}
    reference = str(lifted.get("$ref", ""))
    if reference.startswith(_WITHIN):
        lifted["$ref"] = _REFERENCE.format(name=reference.removeprefix(_WITHIN))
    return lifted


def _agent_routes(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    yield "POST", BATCHES, "A sealed batch in, its signed receipt out."
    for route in app.routes:
        if isinstance(route, Route) and route.path.startswith(AGENT):
            summary = (route.endpoint.__doc__ or "").strip()
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, route.path, summary


def _operation(method: str, path: str, summary: str) -> Document:
    exchange = EXCHANGES[method, path]
    operation: Document = {
        "summary": summary,
        "operationId": f"{method.lower()}{path.replace('/', '_').replace('{', '').rstrip('}')}",
        "responses": {str(status): _answer(exchange.gives) for status in exchange.statuses},
        "security": [{_DEVICE: []}] if exchange.token else [],
    }
    if exchange.takes is not None:
        operation["requestBody"] = {"required": True, "content": _content(exchange.takes)}
    named = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters = [_parameter(name, "path") for name in named]
    parameters += [_parameter(name, "query") for name in _QUERIES.get((method, path), ())]
    return operation | ({"parameters": parameters} if parameters else {})


def _parameter(name: str, where: str) -> Document:
    return {"name": name, "in": where, "required": True, "schema": {"type": "string"}}


def _answer(gives: type[msgspec.Struct] | str | None) -> Document:
    described: Document = {"description": "Done."}
    return described if gives is None else described | {"content": _content(gives)}


def _content(kind: type[msgspec.Struct] | str) -> Document:
    if isinstance(kind, str):
        return {kind: {"schema": {"type": "string", "format": "binary"}}}
    return {_JSON: {"schema": {"$ref": _REFERENCE.format(name=kind.__name__)}}}


def _schemas() -> Document:
    sides = [side for each in EXCHANGES.values() for side in (each.takes, each.gives)]
    kinds = {side for side in sides if isinstance(side, type)} | {Problem}
    _, schemas = msgspec.json.schema_components(
        sorted(kinds, key=lambda kind: kind.__name__), ref_template=_REFERENCE
    )
    return dict(schemas)


def _add_problems(path: str, operation: Document) -> None:
    """What may go wrong there, in place of what FastAPI expects to."""
    responses = operation["responses"]
    responses.pop("422", None)
    expected = {429, 503}
    if operation.get("security"):
        expected |= {401, 403}
    if operation.get("parameters") or "requestBody" in operation:
        expected |= {400, 404}
    if "requestBody" in operation:
        expected |= {403, 409, 413, 415}
    if path.startswith("/agent/v1/release"):
        expected.add(404)
    for status in sorted(expected):
        responses.setdefault(str(status), _problem(_PROBLEMS[status]))


def _problem(description: str) -> Document:
    schema = {"$ref": _REFERENCE.format(name=Problem.__name__)}
    return {"description": description, "content": {CONTENT_TYPE: {"schema": schema}}}
