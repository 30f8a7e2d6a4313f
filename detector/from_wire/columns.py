"""Columns of a series of batches, each read when it is asked for: of most, few are needed.

`SealedColumns` reads them from bodies as they came, many at once; `wire.body` reads one body at a
time and without numpy, as agents must. Both find the columns by `wire.layout`, so that they refuse
the same bodies, and give the same numbers.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detector.tables import IntArray
from wire.batch import Envelope, decompress
from wire.body import Body
from wire.columns import Width
from wire.errors import BodyUndecodable
from wire.events import EVENT_TYPES, Event
from wire.layout import TableLayout, layout_of
from wire.schema import schema_of

CheckedBody = tuple[bytes, Sequence[TableLayout]]
"""A body's bytes, and where its columns lie in them."""
_TYPES = {width: np.dtype(f"<{'ui'[width > Width.U64]}{width.size_bytes}") for width in Width}
_DECLARED = {
    (kind, entry.name): (entry.column.width, entry.column.delta)
    for kind in EVENT_TYPES
    for entry in schema_of(kind)
}
NOTHING: CheckedBody = (b"\0", ())
"""A body without tables."""


class Columns(Protocol):
    """The events of a series of batches."""

    def rows(self, kind: type[Event]) -> Sequence[int]:
        """How many events of a kind each batch has."""

    def column(self, kind: type[Event], name: str, start: int, stop: int) -> IntArray:
        """A column over the batches ``start`` to ``stop`` (not included).

        64 unsigned bits are given as they are: numbers from 2^63 on are negative here.
        """


class DecodedColumns:
    """Columns of bodies that were decoded."""

    def __init__(self, bodies: Sequence[Body]) -> None:
        self._bodies = bodies

    def rows(self, kind: type[Event]) -> Sequence[int]:
        """How many events of a kind each batch has."""
        tables = (body.tables.get(kind) for body in self._bodies)
        return [len(table["t_us"]) if table else 0 for table in tables]

    def column(self, kind: type[Event], name: str, start: int, stop: int) -> IntArray:
        """A column over some of the batches."""
        tables = (body.tables.get(kind) for body in self._bodies[start:stop])
        parts = [np.asarray(table[name]).astype(np.int64) for table in tables if table]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)


class SealedColumns:
    """Columns of bodies as they came, decompressed."""

    def __init__(self, bodies: Sequence[CheckedBody]) -> None:
        self._bodies = bodies
        self._found: dict[type[Event] | None, list[tuple[int, TableLayout]]] = {}
        for number, (_, layout) in enumerate(bodies):
            for table in layout:
                self._found.setdefault(table.described.kind, []).append((number, table))

    def rows(self, kind: type[Event]) -> Sequence[int]:
        """How many events of a kind each batch has."""
        rows = [0] * len(self._bodies)
        for number, table in self._found.get(kind, ()):
            rows[number] = table.rows
        return rows

    def column(self, kind: type[Event], name: str, start: int, stop: int) -> IntArray:
        """A column over some of the batches."""
        pieces = [
            (self._bodies[number][0], table.span(table.described.by_name[name])[0], table.rows)
            for number, table in self._found.get(kind, ())
            if start <= number < stop and table.rows
        ]
        return _joined(pieces, *_DECLARED[kind, name])


def checked_body(envelope: Envelope) -> CheckedBody:
    """Decompress a body and find its columns, without decoding any.

    Raises:
        BodyUndecodable: as `wire.batch.decode`.
        LimitExceeded: as `wire.batch.decode`.
    """
    body = decompress(envelope)
    layout = layout_of(body)
    rows = sum(table.rows for table in layout)
    if rows != envelope.header.rows:
        raise BodyUndecodable(f"{rows} events where the header says {envelope.header.rows}")
    return body, layout


def _joined(pieces: Sequence[tuple[bytes, int, int]], width: Width, delta: bool) -> IntArray:
    """Return the values of (body, where its column begins, rows), one after another."""
    size = width.size_bytes
    total = sum(rows for _, _, rows in pieces)
    planes: NDArray[np.uint8] = np.empty((total, size), np.uint8)
    for plane in range(size):
        part = b"".join(
            [
                body[start + plane * rows : start + (plane + 1) * rows]
                for body, start, rows in pieces
            ]
        )
        planes[:, plane] = np.frombuffer(part, np.uint8)
    values: NDArray[Any] = planes.view(f"<u{size}")[:, 0]
    if delta:
        values = _summed(values, [rows for _, _, rows in pieces])
    found: IntArray = values.view(_TYPES[width]).astype(np.int64)
    return found


def _summed(steps: NDArray[Any], lengths: Sequence[int]) -> NDArray[Any]:
    """Undo the differences of each piece, modulo the width."""
    if not lengths:
        return steps
    sums = np.cumsum(steps, dtype=steps.dtype)
    starts = np.fromiter(accumulate(lengths[:-1], initial=0), np.int64, len(lengths))
    before = np.where(starts > 0, sums[starts - 1], 0).astype(steps.dtype)
    found: NDArray[Any] = sums - np.repeat(before, lengths)
    return found
