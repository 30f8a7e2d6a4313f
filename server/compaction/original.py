"""The batches of a session as the device sealed them, one behind the other.

One zstd frame (headers resemble each other) around, little-endian: 4 bytes magic b"VTO1"; then for
each batch, in order, u64 the server's time of receipt in microseconds, u32 its length, its bytes.
"""

import struct
from collections.abc import Iterator, Sequence

import zstandard

from server.errors import OriginalDamaged
from server.records import StoredBatch
from wire.batch import open_envelope
from wire.errors import WireError

MAGIC = b"VTO1"
_ZSTD_LEVEL = 3
_EACH = struct.Struct("<QI")


def pack_original(batches: Sequence[StoredBatch]) -> bytes:
    """Lay stored batches out, in their order."""
    parts = [MAGIC]
    for batch in batches:
        parts += (_EACH.pack(batch.received_us, len(batch.sealed)), batch.sealed)
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(b"".join(parts))


def unpack_original(data: bytes) -> list[StoredBatch]:
    """The batches again; their rows are gone, so each has row 0.

    Raises:
        OriginalDamaged: these are not batches one behind the other.
    """
    try:
        plain = zstandard.ZstdDecompressor().decompress(data)
        if plain[: len(MAGIC)] != MAGIC:
            raise OriginalDamaged("it does not begin like one")
        return [_stored(received_us, sealed) for received_us, sealed in _each(plain)]
    except (zstandard.ZstdError, struct.error, WireError) as error:
        raise OriginalDamaged(str(error)) from error


def _each(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = len(MAGIC)
    while at < len(data):
        received_us, length = _EACH.unpack_from(data, at)
        at += _EACH.size + length
        if at > len(data):
            raise OriginalDamaged("it ends within a batch")
        yield received_us, data[at - length : at]


def _stored(received_us: int, sealed: bytes) -> StoredBatch:
    envelope = open_envelope(sealed)
    sequence = envelope.header.sequence
    return StoredBatch(0, sequence, envelope.digest, received_us, sealed, None)
