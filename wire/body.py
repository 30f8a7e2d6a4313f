"""A batch's body: one table of columns per event kind.

Layout before compression, little-endian::

    u8  tables
    per table:  u8 kind, u16 rows, u8 columns, then per column: u8 number, u8 width, u8 delta
    the columns' data in the same order

Kinds and columns that this version does not know are carried through unchanged, within the
bounds of `wire.limits`, so that an older reader can pass on what a newer writer said.
"""

import struct
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple, TypeVar

from wire import limits
from wire.columns import Width, decode_column, encode_column
from wire.errors import LimitExceeded
from wire.events import Event
from wire.layout import ColumnLayout, TableLayout, layout_of
from wire.schema import schema_of

E = TypeVar("E", bound=Event)
Columns = Mapping[str, "array[int]"]

_TABLE = struct.Struct("<BHB")
_COLUMN = struct.Struct("<BBB")


class RawColumn(NamedTuple):
    """A column by its numbers, its values still encoded."""

    number: int
    width: Width
    delta: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table whose kind, or some of whose columns, this version does not know."""

    kind: int
    rows: int
    columns: tuple[RawColumn, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """The events of one batch: for each kind its columns, rows in the order of time.

    `unknown` holds what a newer writer added: whole tables, or further columns of known kinds.
    """

    tables: Mapping[type[Event], Columns] = field(default_factory=dict)
    unknown: tuple[RawTable, ...] = ()

    def columns(self, kind: type[Event]) -> Columns:
        """The columns of one kind by field name, all of one length; empty columns if none."""
        return self.tables.get(kind) or _no_rows(kind)

    def events(self, kind: type[E]) -> tuple[E, ...]:
        """The events of one kind, oldest first."""
        columns = self.tables.get(kind)
        return tuple(map(kind, *columns.values())) if columns else ()

    @property
    def rows(self) -> int:
        """How many events, those of unknown kinds included."""
        known = {kind.KIND for kind in self.tables}
        newer = sum(table.rows for table in self.unknown if table.kind not in known)
        return sum(len(columns["t_us"]) for columns in self.tables.values()) + newer


def body_of(events: Iterable[Event]) -> Body:
    """Sort events into tables.

    Raises:
        LimitExceeded: more events than a batch may hold, or a value that its column cannot hold.
    """
    by_kind: dict[type[Event], list[Event]] = {}
    for event in sorted(events, key=attrgetter("KIND", "t_us")):
        by_kind.setdefault(type(event), []).append(event)
    body = Body({kind: _gathered(kind, rows) for kind, rows in by_kind.items()})
    if body.rows > limits.BATCH_MAX_EVENTS:
        raise LimitExceeded(f"{body.rows} events; a batch holds {limits.BATCH_MAX_EVENTS}")
    return body


def encode_body(body: Body) -> bytes:
    """Lay the body out, uncompressed."""
    newer = {table.kind: table for table in body.unknown}
    tables = []
    for kind, columns in body.tables.items():
        further = newer.pop(kind.KIND, None)
        raw = _encoded(kind, columns) + (further.columns if further else ())
        tables.append(RawTable(kind.KIND, len(columns["t_us"]), raw))
    tables.extend(newer.values())
    head = bytearray([len(tables)])
    for table in tables:
        head += _TABLE.pack(table.kind, table.rows, len(table.columns))
        for column in table.columns:
            head += _COLUMN.pack(column.number, column.width, column.delta)
    return bytes(head) + b"".join(column.data for table in tables for column in table.columns)


def decode_body(data: bytes) -> Body:
    """Read a body.

    Raises:
        BodyUndecodable: the bytes are not a body, or say something impossible.
        LimitExceeded: more rows or unknown columns than the limits allow.
    """
    tables: dict[type[Event], Columns] = {}
    unknown: list[RawTable] = []
    for table in layout_of(data):
        described = table.described
        if described.kind is None:
            unknown.append(_raw(data, table, described.columns))
            continue
        tables[described.kind] = {
            name: decode_column(data[slice(*table.span(column))], column.width, delta=column.delta)
            for name, column in described.by_name.items()
        }
        if described.newer:
            unknown.append(_raw(data, table, described.newer))
    return Body(tables, tuple(unknown))


def _raw(data: bytes, table: TableLayout, columns: tuple[ColumnLayout, ...]) -> RawTable:
    raw = [RawColumn(c.number, c.width, c.delta, data[slice(*table.span(c))]) for c in columns]
    return RawTable(table.number, table.rows, tuple(raw))


def _no_rows(kind: type[Event]) -> Columns:
    return {entry.name: array(entry.column.width.typecode) for entry in schema_of(kind)}


def _gathered(kind: type[Event], rows: list[Event]) -> Columns:
    columns = {}
    for entry in schema_of(kind):
        values = list(map(attrgetter(entry.name), rows))
        try:
            columns[entry.name] = array(entry.column.width.typecode, values)
        except OverflowError as error:
            raise LimitExceeded(f"{kind.__name__}.{entry.name}: {error}") from error
    return columns


def _encoded(kind: type[Event], columns: Columns) -> tuple[RawColumn, ...]:
    return tuple(
        RawColumn(
            entry.column.number,
            entry.column.width,
            entry.column.delta,
            encode_column(columns[entry.name], entry.column.width, delta=entry.column.delta),
        )
        for entry in schema_of(kind)
    )
