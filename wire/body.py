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
from wire.errors import BodyUndecodable, LimitExceeded
from wire.events import Event
from wire.schema import column_numbers, kind_numbered, schema_of

E = TypeVar("E", bound=Event)
Columns = Mapping[str, "array[int]"]

_TABLE = struct.Struct("<BHB")
_COLUMN = struct.Struct("<BBB")
_TIME_COLUMN = 1
_WIDTHS = {int(width): width for width in Width}


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
    try:
        raw_tables = _read_tables(data)
    except (struct.error, IndexError, ValueError) as error:
        raise BodyUndecodable(f"the body's layout does not hold: {error}") from error
    _check_bounds(raw_tables)
    tables: dict[type[Event], Columns] = {}
    unknown: list[RawTable] = []
    for table in raw_tables:
        kind = kind_numbered(table.kind)
        if kind is None:
            unknown.append(table)
            continue
        tables[kind] = _decoded(kind, table)
        further = tuple(c for c in table.columns if c.number not in column_numbers(table.kind))
        if further:
            unknown.append(RawTable(table.kind, table.rows, further))
    return Body(tables, tuple(unknown))


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


def _read_tables(data: bytes) -> list[RawTable]:
    layout: list[tuple[int, int, list[tuple[int, Width, bool]]]] = []
    at = 1
    for _ in range(data[0]):
        kind, rows, width = _TABLE.unpack_from(data, at)
        at += _TABLE.size
        columns = []
        for _ in range(width):
            number, code, delta = _COLUMN.unpack_from(data, at)
            at += _COLUMN.size
            if delta > 1:
                raise ValueError(f"unknown column encoding {delta}")
            columns.append((number, _width(code), bool(delta)))
        layout.append((kind, rows, columns))
    tables = []
    for kind, rows, columns in layout:
        raw = []
        for number, width, delta in columns:
            end = at + rows * width.size_bytes
            raw.append(RawColumn(number, width, delta, data[at:end]))
            at = end
        tables.append(RawTable(kind, rows, tuple(raw)))
    if at != len(data):
        raise ValueError(f"{len(data)} bytes where the layout says {at}")
    return tables


def _width(code: int) -> Width:
    width = _WIDTHS.get(code)
    if width is None:
        raise ValueError(f"unknown width {code}")
    return width


def _check_bounds(tables: list[RawTable]) -> None:
    rows = sum(table.rows for table in tables)
    if rows > limits.BATCH_MAX_EVENTS:
        raise LimitExceeded(f"{rows} events; a batch holds {limits.BATCH_MAX_EVENTS}")
    _check_no_repeats("table", [table.kind for table in tables])
    unknown = 0
    for table in tables:
        _check_no_repeats("column", [column.number for column in table.columns])
        known = column_numbers(table.kind) or {_TIME_COLUMN}
        newer = [column for column in table.columns if column.number not in known]
        unknown += len(newer)
        for column in newer:
            _check_width(column)
    if unknown > limits.UNKNOWN_COLUMNS_MAX:
        raise LimitExceeded(f"{unknown} unknown columns; {limits.UNKNOWN_COLUMNS_MAX} allowed")


def _check_no_repeats(what: str, numbers: list[int]) -> None:
    if len(set(numbers)) != len(numbers):
        raise BodyUndecodable(f"the same {what} twice")


def _check_width(column: RawColumn) -> None:
    if column.width.size_bytes > limits.UNKNOWN_COLUMN_MAX_WIDTH_BYTES:
        raise LimitExceeded(
            f"unknown column {column.number} is {column.width.size_bytes} bytes wide; "
            f"{limits.UNKNOWN_COLUMN_MAX_WIDTH_BYTES} allowed"
        )


def _decoded(kind: type[Event], table: RawTable) -> Columns:
    by_number = {column.number: column for column in table.columns}
    columns = {}
    for entry in schema_of(kind):
        column = by_number.get(entry.column.number)
        if column is None:
            raise BodyUndecodable(f"{kind.__name__} lacks its column {entry.name}")
        if (column.width, column.delta) != (entry.column.width, entry.column.delta):
            raise BodyUndecodable(f"{kind.__name__}.{entry.name} has another width or encoding")
        columns[entry.name] = decode_column(column.data, column.width, delta=column.delta)
    return columns
