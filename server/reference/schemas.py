"""JSON schemas in words."""

from server.routes.v1.examples import REFERENCE, Schema


def in_words(schema: Schema) -> str:
    """A type as a reader takes it: `string or null`, `list of Person`."""
    if "$ref" in schema:
        return f"[{_named(schema)}](#{_named(schema).lower()})"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(in_words(each) for each in schema[several]))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ", ".join(f"`{value}`" for value in values)
    match schema.get("type"):
        case "array":
            return f"list of {in_words(schema.get('items') or _items(schema))}"
        case "object":
            values = schema.get("additionalProperties")
            return f"object of {in_words(values)}" if isinstance(values, dict) else "object"
        case "string" if schema.get("format") == "date-time":
            return "moment"
        case None:
            return "anything"
        case other:
            return str(other)


def _named(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix(REFERENCE)


def _items(schema: Schema) -> Schema:
    several = schema.get("prefixItems")
    return {"anyOf": several} if several else {}
