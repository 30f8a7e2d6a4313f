"""A sealed batch: header, compressed body, digest and signature, as one byte string.

Layout, little-endian::

    4 bytes  magic b"VTB1"
    u16      header bytes     u32  body bytes
    header   (msgpack list)   body (zstd frame)
    64 bytes Ed25519 signature over the digest

The digest is SHA-256 over everything before the signature, so a flipped bit anywhere in front
changes it, and one in the signature breaks the signature.
"""

import hashlib
import struct
import threading
from dataclasses import dataclass

import msgspec
import zstandard

from wire import limits
from wire.body import Body, decode_body, encode_body
from wire.errors import BodyUndecodable, LimitExceeded, MalformedBatch, WireError
from wire.header import Header, decode_header, encode_header
from wire.signing import SIGNATURE_BYTES, SigningKey, VerifyKey

MAGIC = b"VTB1"
DOMAIN = b"veritype batch v1"
_LENGTHS = struct.Struct("<HI")
_HEAD_BYTES = len(MAGIC) + _LENGTHS.size
_ZSTD_LEVEL = 6


class _Decompressors(threading.local):
    """One for each thread: to make one costs as much as a batch, and two threads may not share."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor(max_window_size=limits.ZSTD_MAX_WINDOW_BYTES)


_ZSTD = _Decompressors()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A batch as it came: header read, body still closed."""

    header: Header
    unknown: tuple[int, ...]
    body: bytes
    digest: bytes
    signature: bytes
    sealed: bytes
    """The whole byte string, as signed and stored."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that was opened: its header and its events."""

    header: Header
    body: Body


def seal(header: Header, body: Body, key: SigningKey, unknown: tuple[int, ...] = ()) -> Envelope:
    """Encode, compress and sign a batch. `rows` and `body_raw_bytes` are filled in here.

    Raises:
        LimitExceeded: the body or the header is larger than a batch may be.
        MalformedBatch: a header field is out of its bounds.
    """
    raw = encode_body(body)
    if len(raw) > limits.BODY_MAX_RAW_BYTES:
        raise LimitExceeded(f"body of {len(raw)} bytes; {limits.BODY_MAX_RAW_BYTES} allowed")
    packed = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(raw)
    header = msgspec.structs.replace(header, rows=body.rows, body_raw_bytes=len(raw))
    head = encode_header(header, unknown)
    signed = MAGIC + _LENGTHS.pack(len(head), len(packed)) + head + packed
    digest = hashlib.sha256(signed).digest()
    signature = key.sign(DOMAIN, digest)
    return Envelope(header, unknown, packed, digest, signature, signed + signature)


def open_envelope(data: bytes) -> Envelope:
    """Read a sealed batch's header and compute its digest; the body stays closed.

    Raises:
        MalformedBatch: the bytes are not a batch.
        LimitExceeded: a declared or real size is over its limit.
        UnsupportedVersion: written by a format this reader does not know.
    """
    if len(data) > limits.BATCH_MAX_BYTES:
        raise LimitExceeded(f"{len(data)} bytes; a batch has at most {limits.BATCH_MAX_BYTES}")
    if data[: len(MAGIC)] != MAGIC or len(data) < _HEAD_BYTES + SIGNATURE_BYTES:
        raise MalformedBatch("these bytes do not begin like a batch")
    head_bytes, body_bytes = _LENGTHS.unpack_from(data, len(MAGIC))
    if body_bytes > limits.BODY_MAX_BYTES:
        raise LimitExceeded(f"body of {body_bytes} bytes; {limits.BODY_MAX_BYTES} allowed")
    end = _HEAD_BYTES + head_bytes + body_bytes
    if len(data) != end + SIGNATURE_BYTES:
        raise MalformedBatch(f"{len(data)} bytes where the lengths say {end + SIGNATURE_BYTES}")
    header, unknown = decode_header(data[_HEAD_BYTES : _HEAD_BYTES + head_bytes])
    return Envelope(
        header=header,
        unknown=unknown,
        body=data[_HEAD_BYTES + head_bytes : end],
        digest=hashlib.sha256(data[:end]).digest(),
        signature=data[end:],
        sealed=data,
    )


def verify(envelope: Envelope, key: VerifyKey) -> None:
    """Check that the device's key sealed this batch.

    Raises:
        SignatureInvalid: it did not.
    """
    key.verify(DOMAIN, envelope.digest, envelope.signature)


def decode(envelope: Envelope) -> Batch:
    """Open the body.

    Raises:
        BodyUndecodable: it does not decompress or decode, or is not what the header declared.
        LimitExceeded: it would decompress to more than allowed.
    """
    body = decode_body(decompress(envelope))
    if body.rows != envelope.header.rows:
        raise BodyUndecodable(f"{body.rows} events where the header says {envelope.header.rows}")
    return Batch(envelope.header, body)


def decompress(envelope: Envelope) -> bytes:
    """The body's bytes as they were before compression.

    Raises:
        BodyUndecodable: it does not decompress, or is not what the header declared.
        LimitExceeded: it would decompress to more than allowed.
    """
    declared = envelope.header.body_raw_bytes
    if declared > limits.BODY_MAX_RATIO * max(len(envelope.body), 1):
        raise LimitExceeded(f"{declared} bytes out of {len(envelope.body)}: too dense")
    try:
        frame = zstandard.get_frame_parameters(envelope.body)
        if frame.content_size != declared or frame.window_size > limits.ZSTD_MAX_WINDOW_BYTES:
            raise BodyUndecodable("the body's frame is not what the header declared")
        return _ZSTD.decompressor.decompress(
            envelope.body, max_output_size=declared, allow_extra_data=False
        )
    except zstandard.ZstdError as error:
        raise BodyUndecodable(f"the body does not decompress: {error}") from error


__all__ = [
    "Batch",
    "Envelope",
    "WireError",
    "decode",
    "decompress",
    "open_envelope",
    "seal",
    "verify",
]
