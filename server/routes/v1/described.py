"""How the OpenAPI document says what all of `/v1` has in common: tags, keys, conditions."""

from collections.abc import Callable, Iterator
from typing import Any

from server.http.idempotency import HEADER, KEY_PATTERN, REPLAYED
from server.routes.v1.examples import example_of

Document = dict[str, Any]
_PLATFORM = "/v1/"
_CHANGES = frozenset(("post", "put", "patch", "delete"))
_KEY: Document = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A string of your own, new for each thing that is to be done. For 24 hours the "
    "same request with the same key is done once: sent again, it is answered as it was.",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
}
_KNOWN: Document = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of an answer that you hold: if nothing changed, the answer is 304.",
    "schema": {"type": "string", "pattern": r'^(\*|(W/)?"[!-~]*"(, *(W/)?"[!-~]*")*)$'},
}
SHARED_PARAMETERS = frozenset((HEADER, "If-None-Match", "cursor", "limit"))
"""Those that mean the same everywhere."""
_PROBLEMS = {
    400: "The request does not hold to its documented form.",
    409: "It does not go together with what is stored, or the request with this `Idempotency-Key` "
    "is being done just now (wait for `Retry-After` seconds), or was cut off (see `detail`).",
    412: "What `If-Match` names is not what is there any more. Nothing was done.",
    413: "The body is larger than the documented limit.",
    422: "The `Idempotency-Key` came before, with another request. Nothing was done.",
}


def describe_conventions(
    path: str, method: str, operation: Document, problem: Callable[[str], Document]
) -> None:
    """Complete an operation of `/v1`; leaves others as they are."""
    if not path.startswith(_PLATFORM):
        return
    responses, parameters = operation["responses"], operation.setdefault("parameters", [])
    # A query parameter that no route has is refused by every one.
    statuses = {400, 413} if method in _CHANGES else {400}
    if method == "get":
        parameters.append(_KNOWN)
        responses["304"] = {"description": "Nothing changed since `If-None-Match`."}
        _header(responses, "ETag", "Stands for what this answer says.")
    if method == "post":
        parameters.append(_KEY)
        statuses |= {409, 422}
        _header(responses, REPLAYED, "`true`: this was done before, and answered so.")
    if any(each["name"] == "If-Match" for each in parameters):
        statuses.add(412)
    for status in statuses:
        responses[str(status)] = problem(_PROBLEMS[status])


def _header(responses: Document, name: str, description: str) -> None:
    for status, response in responses.items():
        if status.startswith("2"):
            told = {"description": description, "schema": {"type": "string"}}
            response.setdefault("headers", {})[name] = told


def add_examples(document: Document) -> None:
    """An example of every body that `/v1` takes and gives."""
    schemas = document["components"]["schemas"]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if path.startswith(_PLATFORM) and method in _CHANGES | {"get"}:
                bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
                for media in (media for body in bodies for media in _documents(body)):
                    media.setdefault("example", example_of(media["schema"], schemas))


def _documents(body: Document) -> Iterator[Document]:
    for kind, media in body.get("content", {}).items():
        if kind.endswith("json") and not kind.startswith("application/problem") and media:
            yield media
