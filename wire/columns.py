"""Columns of fixed-width integers: how a batch's body lays out its events.

A column is stored little-endian; `delta` columns store the difference to the row before (modulo
the width), and every column is byte-shuffled (all first bytes, then all second bytes ...), which
lets zstd find the runs. Standard library only: the agent carries no numpy.
"""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate, pairwise


class Width(IntEnum):
    """Type of a column's integers; the number is its code on the wire."""

    U8 = 1
    U16 = 2
    U32 = 3
    U64 = 4
    I8 = 5
    I16 = 6
    I32 = 7
    I64 = 8

    typecode: str
    """The `array` module's letter."""
    unsigned: str
    """That of the unsigned integers of the same size."""
    size_bytes: int

    def __new__(cls, code: int) -> "Width":
        """Attach what is asked for at each column of each batch: plain values, not properties."""
        width = int.__new__(cls, code)
        width._value_ = code
        width.typecode = "BHIQbhiq"[code - 1]
        width.unsigned = "BHIQ"[(code - 1) % 4]
        width.size_bytes = 1 << ((code - 1) % 4)
        return width


@dataclass(frozen=True, slots=True)
class Column:
    """Where and how a field stands in its kind's table."""

    number: int
    width: Width
    delta: bool = False


def encode_column(values: Sequence[int], width: Width, *, delta: bool) -> bytes:
    """Encode `values` as a shuffled little-endian column.

    Raises:
        OverflowError: a value does not fit the width.
    """
    column = array(width.typecode, values)
    if delta:
        modulus_mask = (1 << (8 * width.size_bytes)) - 1
        column = array(
            width.unsigned,
            [(b - a) & modulus_mask for a, b in pairwise((0, *column))],
        )
    if sys.byteorder == "big":
        column.byteswap()
    return _shuffle(column.tobytes(), width.size_bytes)


def decode_column(data: bytes, width: Width, *, delta: bool) -> "array[int]":
    """Undo `encode_column`; `len(data)` must be a multiple of the width."""
    column = array(width.unsigned if delta else width.typecode)
    column.frombytes(_unshuffle(data, width.size_bytes))
    if sys.byteorder == "big":
        column.byteswap()
    return _undo_delta(column, width) if delta else column


def _undo_delta(column: "array[int]", width: Width) -> "array[int]":
    bits = 8 * width.size_bytes
    mask = (1 << bits) - 1
    totals = list(accumulate(column))
    # Steps back are stored modulo the width; without one no total is wider than it.
    if totals and totals[-1] > mask:
        totals = [total & mask for total in totals]
    if width <= Width.U64:
        return array(width.typecode, totals)
    sign = 1 << (bits - 1)
    return array(width.typecode, [(total ^ sign) - sign for total in totals])


def _shuffle(data: bytes, size: int) -> bytes:
    return data if size == 1 else b"".join(data[plane::size] for plane in range(size))


def _unshuffle(data: bytes, size: int) -> bytes:
    if size == 1:
        return data
    rows = len(data) // size
    out = bytearray(len(data))
    for plane in range(size):
        out[plane::size] = data[plane * rows : (plane + 1) * rows]
    return bytes(out)
