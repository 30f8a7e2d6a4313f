"""The events' contract: a field that appears, moves or changes width fails here on purpose."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, ClassVar

import pytest

from wire.columns import Column, Width
from wire.declarations import About, Retention, Sensitivity
from wire.events import EVENT_TYPES, Event
from wire.schema import UndeclaredField, declared_fields, schema_of

ABOUT = About("a test", Sensitivity.TECHNICAL, Retention.EVIDENCE)

FORMAT_1 = "956a4ccc23990544fee6ec334bac609c976dcbf161c6e5ad38842e53fcfaa069"
"""SHA-256 of every kind, field, number, width and encoding. When this fails: a new column at the
end of a kind is readable by old readers and needs only this line; anything else needs a new
format version in `wire.header`, and both are written down in the changelog."""


def test_the_columns_of_format_1_have_not_moved() -> None:
    lines = [
        f"{kind.KIND} {kind.__name__} {entry.column.number} {entry.name} "
        f"{entry.column.width.name} {entry.column.delta}"
        for kind in EVENT_TYPES
        for entry in schema_of(kind)
    ]
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == FORMAT_1


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_field_declares_purpose_sensitivity_and_retention(kind: type[Event]) -> None:
    for entry in schema_of(kind):
        assert entry.about.purpose
        assert isinstance(entry.about.sensitivity, Sensitivity)
        assert isinstance(entry.about.retention, Retention)


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_columns_are_numbered_without_gaps_and_time_is_first(kind: type[Event]) -> None:
    numbers = [entry.column.number for entry in schema_of(kind)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert schema_of(kind)[0].name == "t_us"


def test_kinds_are_numbered_without_gaps() -> None:
    assert [kind.KIND for kind in EVENT_TYPES] == list(range(1, len(EVENT_TYPES) + 1))


@dataclass(frozen=True)
class HoldsText(Event):
    KIND: ClassVar[int] = 200
    t_us: Annotated[str, Column(1, Width.U64), ABOUT]  # type: ignore[assignment]


@dataclass(frozen=True)
class DeclaresNothing(Event):
    KIND: ClassVar[int] = 201
    t_us: int


@dataclass(frozen=True)
class HasNoColumn(Event):
    KIND: ClassVar[int] = 202
    t_us: Annotated[int, ABOUT]


@pytest.mark.parametrize("kind", [HoldsText, DeclaresNothing, HasNoColumn])
def test_a_field_that_is_not_a_declared_integer_cannot_exist(kind: type[Event]) -> None:
    with pytest.raises(UndeclaredField):
        declared_fields(kind)
