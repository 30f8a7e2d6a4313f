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
from wire.declarations import Retention
from wire.events import EVENT_TYPES, Event
from wire.header import Header
from wire.schema import FieldSchema, kind_numbered, schema_of

_ZSTD_LEVEL = 9
_NO_EVENTS = Body()


class _Table(msgspec.Struct, frozen=True, array_like=True):
    kind: int
    rows: int
    columns: tuple[bytes, ...]
    """In the order of the schema."""
    numbers: tuple[int, ...] = ()
    """Of a redacted block: the columns that were kept, in that order."""


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
    redacted: bool = False
    """Nothing else is kept of the session: it is read by every later version."""


def _schema_digest() -> bytes:
    """Names what a block of this version holds: another version's is made again, not read."""
    said = [
        (kind.KIND, [(f.name, f.column.number, f.column.width, f.column.delta) for f in fields])
        for kind in EVENT_TYPES
        for fields in (schema_of(kind),)
    ]
    return hashlib.sha256(repr((1, Header.__struct_fields__, said)).encode()).digest()[:8]


SCHEMA = _schema_digest()


def kept_fields(kind: type[Event]) -> tuple[FieldSchema, ...]:
    """What is kept of a kind once the time of class sequences is over."""
    return tuple(
        field for field in schema_of(kind) if field.about.retention is not Retention.CLASS_SEQUENCE
    )


def encode_block(opened: OpenedSession, *, redacted: bool = False) -> bytes:
    """Lay an opened session out as one block: of a redacted one, what `kept_fields` says.

    What did not decode is kept for its time alone then: nobody knows what it holds.
    """
    places = {id(header): place for place, header in enumerate(opened.headers)}
    bodies = [batch.body for batch in opened.batches]
    block = _Block(
        SCHEMA,
        opened.headers,
        opened.received_us,
        tuple(
            _Undecodable(places[id(header)], row.digest, b"" if redacted else row.sealed, reason)
            for row, header, reason in opened.undecodable
        ),
        tuple(
            _table(
                kind,
                [body.tables[kind] for body in bodies if kind in body.tables],
                redacted=redacted,
            )
            for kind in EVENT_TYPES
            if any(kind in body.tables for body in bodies)
        ),
        redacted,
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
    if block.schema != SCHEMA and not block.redacted:
        raise BlockUnreadable("another version made it")
    lost = {each.place for each in block.undecodable}
    kept = [header for place, header in enumerate(block.headers) if place not in lost]
    read = _kept if block.redacted else _decoded
    known = (table for table in block.tables if not block.redacted or kind_numbered(table.kind))
    events = Body(dict(read(table) for table in known))
    return OpenedSession(
        headers=block.headers,
        received_us=block.received_us,
        batches=tuple(Batch(h, _NO_EVENTS if place else events) for place, h in enumerate(kept)),
        undecodable=tuple(_stored(block, each) for each in block.undecodable),
    )


def _table(kind: type[Event], parts: Sequence[Columns], *, redacted: bool) -> _Table:
    columns, fields = [], kept_fields(kind) if redacted else schema_of(kind)
    for field in fields:
        values = array(field.column.width.typecode)
        for part in parts:
            values.extend(part[field.name])
        columns.append(encode_column(values, field.column.width, delta=field.column.delta))
    numbers = tuple(field.column.number for field in fields) if redacted else ()
    return _Table(kind.KIND, sum(len(part["t_us"]) for part in parts), tuple(columns), numbers)


def _decoded(table: _Table) -> tuple[type[Event], Mapping[str, "array[int]"]]:
    kind = kind_numbered(table.kind)
    if kind is None or len(table.columns) != len(schema_of(kind)):
        raise BlockUnreadable("a table is not of this version")
    return kind, {
        field.name: _column(data, table.rows, field.column.width, delta=field.column.delta)
        for field, data in zip(schema_of(kind), table.columns, strict=True)
    }


def _kept(table: _Table) -> tuple[type[Event], Mapping[str, "array[int]"]]:
    """A table of a redacted block: zeros stand where a column is not there."""
    kind = kind_numbered(table.kind)
    if kind is None or len(table.columns) != len(table.numbers):
        raise BlockUnreadable("a table is not whole")
    kept = dict(zip(table.numbers, table.columns, strict=True))
    return kind, {
        field.name: _column(
            kept.get(field.column.number, bytes(table.rows * field.column.width.size_bytes)),
            table.rows,
            field.column.width,
            delta=field.column.delta,
        )
        for field in schema_of(kind)
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
