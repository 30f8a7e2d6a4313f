"""The page that names every route of `/v1`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from server.records import SCOPE_MEANS
from server.reference.conventions import CONVENTIONS
from server.reference.fields import Fields, field_words
from server.reference.schemas import in_words
from server.routes.documented import Document
from server.routes.v1.described import SHARED_PARAMETERS
from server.routes.v1.examples import Schema, Schemas, resolved

PLATFORM = "/v1/"
_EVERYWHERE = frozenset(("401", "403", "429", "503", "304"))
_METHODS = ("get", "post", "put", "patch", "delete")


def api_page(document: Document) -> str:
    """The page, in Markdown."""
    schemas, words = document["components"]["schemas"], field_words()
    operations = list(_operations(document))
    lines = [CONVENTIONS, "## Scopes", "", "| scope | what it allows |", "|---|---|"]
    lines += [f"| `{scope.value}` | {means} |" for scope, means in SCOPE_MEANS.items()]
    used: dict[str, None] = {}
    for tag in dict.fromkeys(operation.get("tags", ["other"])[0] for _, _, operation in operations):
        lines += ["", f"## {tag.capitalize()}"]
        for method, path, operation in operations:
            if operation.get("tags", ["other"])[0] == tag:
                lines += _route(method, path, operation, schemas, used)
    lines += ["", "## Values", *_values(used, schemas, words)]
    return "\n".join(lines).rstrip() + "\n"


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        if path.startswith(PLATFORM):
            yield from ((method, path, item[method]) for method in _METHODS if method in item)


def _route(
    method: str, path: str, operation: Document, schemas: Schemas, used: dict[str, None]
) -> Iterator[str]:
    yield from ("", f"### `{method.upper()} {path}`", "")
    said = str(operation.get("description") or operation.get("summary") or "")
    yield _scopes(operation) + said.strip()
    parameters = [
        each for each in operation.get("parameters", ()) if each["name"] not in SHARED_PARAMETERS
    ]
    if parameters:
        yield from ("", "| parameter | in | what |", "|---|---|---|")
        yield from (_parameter(each) for each in parameters)
    if "requestBody" in operation:
        yield from _content("Takes", operation["requestBody"]["content"], schemas, used)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from _content(f"Answers {status}", response.get("content", {}), schemas, used)
    others = [status for status in operation["responses"] if status >= "400"]
    yield from ("", "Refuses with " + ", ".join(sorted(set(others) | {"429", "503"})) + ".")


def _scopes(operation: Document) -> str:
    needs = [scope for each in operation.get("security", ()) for scope in next(iter(each.values()))]
    said = ", ".join(f"`{scope}`" for scope in needs)
    return f"*Scope{'s' if len(needs) > 1 else ''} {said}.* " if said else ""


def _parameter(parameter: Document) -> str:
    schema = parameter["schema"]
    kind = in_words(schema).removesuffix(" or null")
    default = f" Without it: {schema['default']}." if schema.get("default") is not None else ""
    what = parameter.get("description", "").strip()
    return f"| `{parameter['name']}` | {parameter['in']}: {kind} | {what}{default} |"


def _content(
    verb: str, content: Mapping[str, Any], schemas: Schemas, used: dict[str, None]
) -> Iterator[str]:
    for kind, media in content.items():
        schema = media.get("schema", {})
        _use(schema, schemas, used)
        named = in_words(schema) if "$ref" in schema else f"`{kind}`"
        yield from ("", f"{verb} {named}:")
        if "example" in media:
            example = json.dumps(media["example"], indent=2, ensure_ascii=False)
            yield from ("", "```json", example, "```")


def _use(schema: Any, schemas: Schemas, used: dict[str, None]) -> None:
    """Note every named schema that this one needs."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            if name not in used:
                used[name] = None
                _use(schemas[name], schemas, used)
        for each in schema.values():
            _use(each, schemas, used)
    elif isinstance(schema, list):
        for each in schema:
            _use(each, schemas, used)


def _values(used: Mapping[str, None], schemas: Schemas, words: Fields) -> Iterator[str]:
    for name in sorted(used):
        schema = resolved(schemas[name], schemas)
        yield from ("", f"### {name}", "", _paragraph(schema))
        fields = schema.get("properties", {})
        if fields:
            yield from ("", "| field | type | what |", "|---|---|---|")
        for field, kind in fields.items():
            what = words.get((name, field)) or kind.get("description", "")
            yield f"| `{field}` | {in_words(kind)} | {what} |"


def _paragraph(schema: Schema) -> str:
    said = str(schema.get("description", "")).strip()
    return said or f"One of {in_words(schema)}."
