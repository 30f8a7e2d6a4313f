"""An example of whatever a schema describes, for the document and the page made of it."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
Schemas = Mapping[str, Schema]
REFERENCE = "#/components/schemas/"
_BY_NAME: Mapping[str, Any] = {
    "additionalProperties": 1,
    "agent_version": "0.1.0",
    "author": "operator",
    "band": "elevated",
    "code": "pasted_from_assistant",
    "email": "ada@example.com",
    "events": ["submission.answered"],
    "identifier": "task-4711",
    "intervals_ms": [[0, 60_000]],
    "kind": "paste",
    "link": "https://veritype.example.com/invitation/vti_...",
    "name": "Grace Hopper",
    "next": None,
    "number": 1,
    "platform": "Linux",
    "policy_version": 1,
    "text": "What the person handed in.",
    "url": "https://platform.example.com/veritype",
    "version": 1,
    "zone": "Europe/Vienna",
}
_ID = "5f3c1e0a9b7d4826a1c0ffee12345678"
_MOMENT = "2026-12-01T09:30:00.000Z"
_DAY = "2026-12-01"
_IDS = frozenset(("id", "session", "project", "person", "device", "submission", "review"))
_DEPTH_MAX = 8


def resolved(schema: Schema, schemas: Schemas) -> Schema:
    """The schema that a reference names."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].removeprefix(REFERENCE)]
    return schema


def example_of(schema: Schema, schemas: Schemas, name: str = "", depth: int = 0) -> Any:
    """A plausible value."""
    schema = resolved(schema, schemas)
    if "examples" in schema:
        return schema["examples"][0]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            kinds = [each for each in schema[several] if each.get("type") != "null"]
            return example_of(kinds[0], schemas, name, depth)
    if "allOf" in schema:
        return example_of(schema["allOf"][0], schemas, name, depth)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "object" and "properties" in schema and depth < _DEPTH_MAX:
        return {
            field: example_of(kind, schemas, field, depth + 1)
            for field, kind in schema["properties"].items()
        }
    return _plain(schema, schemas, name, depth)


def _plain(schema: Schema, schemas: Schemas, name: str, depth: int) -> Any:
    match schema.get("type"):
        case "array":
            if name in _BY_NAME:
                return _BY_NAME[name]
            items = schema.get("items")
            if items is None:
                return [example_of(each, schemas, name, depth) for each in schema["prefixItems"]]
            return [example_of(items, schemas, name.removesuffix("s"), depth + 1)]
        case "object":
            return {}
        case "string":
            return _string(schema, name)
        case "integer":
            least, most = schema.get("minimum", 0), schema.get("maximum", 1 << 40)
            guess = _BY_NAME.get(name, 1_500)
            return min(max(guess if isinstance(guess, int) else 1, least), most)
        case "number":
            return 0.5
        case "boolean":
            return False
        case _:
            return _BY_NAME.get(name)


def _string(schema: Schema, name: str) -> str:
    if name in _IDS:
        return _ID
    if schema.get("format") == "date" or name in ("day", "week", "from", "to", "since"):
        return _DAY
    if schema.get("format") == "date-time" or name.endswith(("_at", "_on")):
        return _MOMENT
    guess = _BY_NAME.get(name, "...")
    return guess if isinstance(guess, str) else "..."
