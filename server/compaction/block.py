"""All events of a session as one table of columns per kind, without the bounds of the batches.

A block is derived from the batches and can be made again from them at any time. It holds what this
version knows of them: the headers, when each batch came, the columns of every known kind, and the
batches that did not decode. Its columns are encoded as the wire encodes them, and all of it is one
zstd frame around one msgpack value.
"""

import hashlib
from array import array
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import zstandard

from server.errors import BlockUnreadable
from server.records import StoredBatch
from server.scoring.facts import OpenedSession
from wire.batch import Batch
from wire.body import Body, Columns
from wire.columns import Width, encode_column
from wire.events import EVENT_TYPES, Event
from wire.header import Header
from wire.schema import kind_numbered, schema_of

_ZSTD_LEVEL = 9
_NO_EVENTS = Body()


class _Table(msgspec.Struct, frozen=True, array_like=True):
    kind: int
    rows: int
    columns: tuple[bytes, ...]
    """In the order of the schema."""


class _Undecodable(msgspec.Struct, frozen=True, array_like=True):
    place: int
    """Among the headers."""
    digest: bytes
    sealed: bytes
    reason: str


class _Block(msgspec.Struct, frozen=True, array_like=True):
    schema: bytes
    headers: tuple[Header, ...]
    received_us: tuple[int, ...]
    undecodable: tuple[_Undecodable, ...]
    tables: tuple[_Table, ...]


def _schema_digest() -> bytes:
    """Names what a block of this version holds: another version's is made again, not read."""
    said = [
        (kind.KIND, [(f.name, f.column.number, f.column.width, f.column.delta) for f in fields])
        for kind in EVENT_TYPES
        for fields in (schema_of(kind),)
    ]
    return hashlib.sha256(repr((1, Header.__struct_fields__, said)).encode()).digest()[:8]


SCHEMA = _schema_digest()


def encode_block(opened: OpenedSession) -> bytes:
    """Lay an opened session out as one block."""
    places = {id(header): place for place, header in enumerate(opened.headers)}
    bodies = [batch.body for batch in opened.batches]
    block = _Block(
        SCHEMA,
        opened.headers,
        opened.received_us,
        tuple(
            _Undecodable(places[id(header)], row.digest, row.sealed, reason)
            for row, header, reason in opened.undecodable
        ),
        tuple(
            _table(kind, [body.tables[kind] for body in bodies if kind in body.tables])
            for kind in EVENT_TYPES
            if any(kind in body.tables for body in bodies)
        ),
    )
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(msgspec.msgpack.encode(block))


def decode_block(data: bytes) -> OpenedSession:
    """The session again: the same headers and events in the same order.

    All events stand in the first batch that decoded; the others are empty. Whoever reads them
    one batch after the other sees no difference.

    Raises:
        BlockUnreadable: another version made it, or it is damaged.
    """
    try:
        plain = zstandard.ZstdDecompressor().decompress(data)
        block = msgspec.msgpack.decode(plain, type=_Block)
    except (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BlockUnreadable(type(error).__name__) from error
    if block.schema != SCHEMA:
        raise BlockUnreadable("another version made it")
    lost = {each.place for each in block.undecodable}
    kept = [header for place, header in enumerate(block.headers) if place not in lost]
    events = Body(dict(_decoded(table) for table in block.tables))
    return OpenedSession(
        headers=block.headers,
        received_us=block.received_us,
        batches=tuple(Batch(h, _NO_EVENTS if place else events) for place, h in enumerate(kept)),
        undecodable=tuple(_stored(block, each) for each in block.undecodable),
    )


def _table(kind: type[Event], parts: Sequence[Columns]) -> _Table:
    columns = []
    for field in schema_of(kind):
        values = array(field.column.width.typecode)
        for part in parts:
            values.extend(part[field.name])
        columns.append(encode_column(values, field.column.width, delta=field.column.delta))
    return _Table(kind.KIND, sum(len(part["t_us"]) for part in parts), tuple(columns))


def _decoded(table: _Table) -> tuple[type[Event], Mapping[str, "array[int]"]]:
    kind = kind_numbered(table.kind)
    if kind is None or len(table.columns) != len(schema_of(kind)):
        raise BlockUnreadable("a table is not of this version")
    return kind, {
        field.name: _column(data, table.rows, field.column.width, delta=field.column.delta)
        for field, data in zip(schema_of(kind), table.columns, strict=True)
    }


def _column(data: bytes, rows: int, width: Width, *, delta: bool) -> "array[int]":
    """As `wire.columns.decode_column`, for columns that are long enough to be worth numpy."""
    size = width.size_bytes
    if len(data) != rows * size:
        raise BlockUnreadable("a column is not as long as its table")
    planes = np.frombuffer(data, np.uint8).reshape(size, rows)
    values = np.ascontiguousarray(planes.T).view(f"<u{size}").ravel()
    if delta:
        values = np.cumsum(values, dtype=f"<u{size}")
    return array(width.typecode, values.astype(f"=u{size}").tobytes())


def _stored(block: _Block, lost: _Undecodable) -> tuple[StoredBatch, Header, str]:
    header = block.headers[lost.place]
    received_us = block.received_us[lost.place]
    row = StoredBatch(0, header.sequence, lost.digest, received_us, lost.sealed, lost.reason)
    return row, header, lost.reason
