"""The columns of each event kind, read from the declarations in `wire.events`."""

from dataclasses import dataclass, fields
from typing import Annotated, get_args, get_origin, get_type_hints

from wire.columns import Column
from wire.declarations import About
from wire.events import EVENT_TYPES, Event


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """One field of one kind: its name, its column, what it declares about itself."""

    name: str
    column: Column
    about: About


class UndeclaredField(TypeError):  # noqa: N818
    """An event field lacks its column or its declaration, or is not an integer."""


def schema_of(kind: type[Event]) -> tuple[FieldSchema, ...]:
    """The fields of a known event kind in column order."""
    return _SCHEMAS[kind]


def declared_fields(kind: type[Event]) -> tuple[FieldSchema, ...]:
    """Read the declarations of an event kind, in column order.

    Raises:
        UndeclaredField: a field is not `Annotated[int, Column(...), About(...)]`.
    """
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_declared(kind, field.name, hints[field.name]) for field in fields(kind))  # type: ignore[arg-type]


def kind_numbered(number: int) -> type[Event] | None:
    """The kind with this number on the wire; None if this version does not know it."""
    return _KINDS.get(number)


def column_numbers(kind_number: int) -> frozenset[int]:
    """The columns this version knows of a kind; none if it does not know the kind."""
    return _COLUMN_NUMBERS.get(kind_number, frozenset())


def _declared(kind: type[Event], name: str, hint: object) -> FieldSchema:
    base, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    columns = [note for note in notes if isinstance(note, Column)]
    abouts = [note for note in notes if isinstance(note, About)]
    if base is not int or len(columns) != 1 or len(abouts) != 1:
        raise UndeclaredField(
            f"{kind.__name__}.{name} must be Annotated[int, Column(...), About(...)]"
        )
    return FieldSchema(name, columns[0], abouts[0])


_KINDS = {kind.KIND: kind for kind in EVENT_TYPES}
_SCHEMAS = {kind: declared_fields(kind) for kind in EVENT_TYPES}
_COLUMN_NUMBERS = {
    kind.KIND: frozenset(entry.column.number for entry in fields)
    for kind, fields in _SCHEMAS.items()
}
