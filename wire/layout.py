"""Where a body's columns lie: read and checked before any of their values is decoded.

Nearly all bodies describe their tables in the same few bytes, so what those come to is remembered.
"""

import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from wire import limits
from wire.columns import Width
from wire.errors import BodyUndecodable, LimitExceeded
from wire.events import Event
from wire.schema import column_numbers, kind_numbered, schema_of

_TABLE = struct.Struct("<BHB")
_COLUMN = struct.Struct("<BBB")
_TIME_COLUMN = 1
_WIDTHS = {int(width): width for width in Width}
_REMEMBERED = 256


class ColumnLayout(NamedTuple):
    """How a column is written, and the bytes that a row has in the columns before it."""

    number: int
    width: Width
    delta: bool
    before_bytes: int


class Described(NamedTuple):
    """What a table's description comes to, whatever its rows are."""

    kind: type[Event] | None
    """None: this version does not know it."""
    columns: tuple[ColumnLayout, ...]
    row_bytes: int
    by_name: Mapping[str, ColumnLayout]
    """Of a known kind, the columns that this version knows."""
    newer: tuple[ColumnLayout, ...]
    """Columns that this version does not know."""
    repeats: bool
    """A column is there twice."""
    wrong: str
    """What a known kind lacks; empty if nothing."""
    plain: bool
    """It is as this version writes it: no column is newer, twice there or wrong."""


class TableLayout(NamedTuple):
    """One table of one body."""

    number: int
    """Of its kind."""
    rows: int
    start: int
    """Where its columns begin in the body."""
    described: Described

    def span(self, column: ColumnLayout) -> tuple[int, int]:
        """Where a column begins and ends in the body."""
        start = self.start + self.rows * column.before_bytes
        return start, start + self.rows * column.width.size_bytes


def layout_of(data: bytes) -> list[TableLayout]:
    """Read and check what a body says of its tables.

    Raises:
        BodyUndecodable: the bytes are not a body, or say something impossible.
        LimitExceeded: more rows or unknown columns than the limits allow.
    """
    try:
        tables = _read(data)
    except (struct.error, IndexError, ValueError) as error:
        raise BodyUndecodable(f"the body's layout does not hold: {error}") from error
    rows, plain = 0, True
    for table in tables:
        rows += table.rows
        plain = plain and table.described.plain
    if rows > limits.BATCH_MAX_EVENTS:
        raise LimitExceeded(f"{rows} events; a batch holds {limits.BATCH_MAX_EVENTS}")
    if len({table.number for table in tables}) != len(tables):
        raise BodyUndecodable("the same table twice")
    if not plain:
        _check_columns(tables)
    return tables


def _read(data: bytes) -> list[TableLayout]:
    said: list[tuple[int, int, Described]] = []
    at = 1
    for _ in range(data[0]):
        number, rows, width = _TABLE.unpack_from(data, at)
        at += _TABLE.size
        end = at + width * _COLUMN.size
        said.append((number, rows, _described(number, data[at:end])))
        if end > len(data):
            raise ValueError("the description of a table is cut off")
        at = end
    tables = []
    for number, rows, described in said:
        tables.append(TableLayout(number, rows, at, described))
        at += rows * described.row_bytes
    if at != len(data):
        raise ValueError(f"{len(data)} bytes where the layout says {at}")
    return tables


@lru_cache(_REMEMBERED)
def _described(number: int, description: bytes) -> Described:
    columns = []
    row_bytes = 0
    for column_number, code, delta in _COLUMN.iter_unpack(description):
        if delta > 1:
            raise ValueError(f"unknown column encoding {delta}")
        width = _width(code)
        columns.append(ColumnLayout(column_number, width, bool(delta), row_bytes))
        row_bytes += width.size_bytes
    kind = kind_numbered(number)
    known = column_numbers(number) or {_TIME_COLUMN}
    by_name, wrong = _known(kind, columns) if kind is not None else ({}, "")
    newer = tuple(column for column in columns if column.number not in known)
    repeats = len({column.number for column in columns}) != len(columns)
    return Described(
        kind=kind,
        columns=tuple(columns),
        row_bytes=row_bytes,
        by_name=by_name,
        newer=newer,
        repeats=repeats,
        wrong=wrong,
        plain=not (newer or repeats or wrong),
    )


def _width(code: int) -> Width:
    width = _WIDTHS.get(code)
    if width is None:
        raise ValueError(f"unknown width {code}")
    return width


def _known(kind: type[Event], columns: list[ColumnLayout]) -> tuple[dict[str, ColumnLayout], str]:
    by_number = {column.number: column for column in columns}
    by_name = {}
    for entry in schema_of(kind):
        column = by_number.get(entry.column.number)
        if column is None:
            return {}, f"{kind.__name__} lacks its column {entry.name}"
        if (column.width, column.delta) != (entry.column.width, entry.column.delta):
            return {}, f"{kind.__name__}.{entry.name} has another width or encoding"
        by_name[entry.name] = column
    return by_name, ""


def _check_columns(tables: list[TableLayout]) -> None:
    unknown = 0
    for table in tables:
        if table.described.repeats:
            raise BodyUndecodable("the same column twice")
        unknown += len(table.described.newer)
        for column in table.described.newer:
            _check_width(column)
    if unknown > limits.UNKNOWN_COLUMNS_MAX:
        raise LimitExceeded(f"{unknown} unknown columns; {limits.UNKNOWN_COLUMNS_MAX} allowed")
    for table in tables:
        if table.described.wrong:
            raise BodyUndecodable(table.described.wrong)


def _check_width(column: ColumnLayout) -> None:
    if column.width.size_bytes > limits.UNKNOWN_COLUMN_MAX_WIDTH_BYTES:
        raise LimitExceeded(
            f"unknown column {column.number} is {column.width.size_bytes} bytes wide; "
            f"{limits.UNKNOWN_COLUMN_MAX_WIDTH_BYTES} allowed"
        )
