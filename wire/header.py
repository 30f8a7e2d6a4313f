"""A batch's header: what the server reads in the request path, without touching the body."""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from wire import limits
from wire.decoding import decoder_of
from wire.errors import LimitExceeded, MalformedBatch, UnsupportedVersion

FORMAT_VERSION = 1
ED25519 = 1
NO_PREVIOUS = bytes(32)

U32 = Annotated[int, Meta(ge=0, lt=1 << 32)]
U62 = Annotated[int, Meta(ge=0, lt=1 << 62)]
Id16 = Annotated[bytes, Meta(min_length=16, max_length=16)]
Digest32 = Annotated[bytes, Meta(min_length=32, max_length=32)]
Zone = Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9+_/-]*$")]
AgentVersion = Annotated[str, Meta(max_length=20, pattern=r"^\d+\.\d+\.\d+([a-z0-9.+]*)$")]


class Header(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Everything about a batch but its events. Fields are only ever added at the end.

    Attributes:
        version: Format version of the writer.
        session: The session's random id.
        device: The device's id, given at enrolment.
        key_id: First 8 bytes of the SHA-256 of the device's public key.
        algorithm: Signature algorithm; 1 is Ed25519.
        sequence: Number of this batch in its session, from 0 without gaps.
        previous: Digest of the batch before; 32 zero bytes for the first.
        anchor: Which grant of the server the nonce came from: -1 is the session's opening,
            n is the acknowledgement of batch n.
        nonce: The last nonce received from the server.
        boot_id: The machine's boot, so that a restart shows.
        sealed_monotonic_us: Suspend-inclusive monotonic clock when the batch was sealed.
        sealed_wall_us: Wall clock (UTC, microseconds since 1970) at the same moment.
        zone: IANA name of the machine's time zone.
        utc_offset_min: That zone's offset at that moment.
        start_us: First session microsecond this batch speaks for. Its events may be older: a key
            is known only at its release, a copy made elsewhere only when it is pasted.
        end_us: First session microsecond it no longer speaks for.
        policy_version: Policy version under which it was recorded.
        agent_version: The agent's release.
        final: The session ends with this batch. After a killed process it is an empty one,
            sealed at the next start, that reports the loss.
        rows: Events in the body.
        body_raw_bytes: Size of the body before compression.
        losses: Events lost since the batch before, by `wire.codes.LossReason`.
    """

    version: U32 = FORMAT_VERSION
    session: Id16
    device: Id16
    key_id: Annotated[bytes, Meta(min_length=8, max_length=8)]
    algorithm: U32 = ED25519
    sequence: U32
    previous: Digest32
    anchor: Annotated[int, Meta(ge=-1, lt=1 << 32)]
    nonce: Id16
    boot_id: Id16
    sealed_monotonic_us: U62
    sealed_wall_us: U62
    zone: Zone
    utc_offset_min: Annotated[int, Meta(ge=-1440, le=1440)]
    start_us: U62
    end_us: U62
    policy_version: U32
    agent_version: AgentVersion
    final: bool
    rows: Annotated[int, Meta(ge=0, le=limits.BATCH_MAX_EVENTS)]
    body_raw_bytes: Annotated[int, Meta(ge=0, le=limits.BODY_MAX_RAW_BYTES)]
    losses: dict[U32, U32]

    @property
    def unanchored_batches(self) -> int:
        """Batches sealed since the server was last heard: 0 while online."""
        return self.sequence - 1 - self.anchor


def blank_header(end_us: int = 0) -> Header:
    """A header that names nobody, for events that were never sealed and are read as a batch."""
    return Header(
        session=bytes(16),
        device=bytes(16),
        key_id=bytes(8),
        sequence=0,
        previous=NO_PREVIOUS,
        anchor=-1,
        nonce=bytes(16),
        boot_id=bytes(16),
        sealed_monotonic_us=0,
        sealed_wall_us=0,
        zone="UTC",
        utc_offset_min=0,
        start_us=0,
        end_us=end_us,
        policy_version=1,
        agent_version="0.0.0",
        final=False,
        rows=0,
        body_raw_bytes=0,
        losses={},
    )


_FIELDS = len(msgspec.structs.fields(Header))
_AS_WRITTEN = b"\xdc" + _FIELDS.to_bytes(2, "big")
"""How a list of just these fields begins in msgpack."""
_DECODER = msgspec.msgpack.Decoder(Header)
# Laid out now: threads that convert the first headers would do it at once (`wire.decoding`).
decoder_of(Header)
_UNKNOWN_BITS = 8 * limits.UNKNOWN_COLUMN_MAX_WIDTH_BYTES
_LOSSES_MAX = 32


def encode_header(header: Header, unknown: tuple[int, ...] = ()) -> bytes:
    """Encode a header, with the further integers of a newer writer if it had any.

    Raises:
        LimitExceeded: it is larger than a header may be.
        MalformedBatch: a field is out of its bounds.
    """
    data = msgspec.msgpack.encode(header)
    if unknown:
        data = msgspec.msgpack.encode([*msgspec.msgpack.decode(data), *unknown])
    decode_header(data)
    return data


def decode_header(data: bytes) -> tuple[Header, tuple[int, ...]]:
    """Read a header and the integers that a newer writer appended to it.

    Raises:
        LimitExceeded: it is larger than a header may be, or carries too many unknown fields.
        UnsupportedVersion: the format is not version 1 or compatible with it.
        MalformedBatch: anything else that is wrong with it.
    """
    if len(data) > limits.HEADER_MAX_BYTES:
        raise LimitExceeded(f"header of {len(data)} bytes; {limits.HEADER_MAX_BYTES} allowed")
    if data[: len(_AS_WRITTEN)] == _AS_WRITTEN and (header := _decoded(data)) is not None:
        _check_consistent(header)
        return header, ()
    return _converted(data)


def _converted(data: bytes) -> tuple[Header, tuple[int, ...]]:
    try:
        values: Any = msgspec.msgpack.decode(data)
        if not isinstance(values, list) or not values:
            raise MalformedBatch("the header is not a list of fields")
        _check_version(values[0])
        header = msgspec.convert(values[:_FIELDS], Header, builtin_types=(bytes,))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, TypeError) as error:
        # TypeError: a map whose key is itself a map cannot be held.
        raise MalformedBatch(f"header: {error}") from error
    _check_consistent(header)
    return header, _unknown(values[_FIELDS:])


def _decoded(data: bytes) -> Header | None:
    """A header without anything further, in one go; None where it takes a closer look."""
    try:
        header = _DECODER.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return header if header.version == FORMAT_VERSION else None


def _check_version(version: object) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise MalformedBatch(f"header: no format version ({type(version).__name__})")
    if version >= 1 << 8:
        raise UnsupportedVersion(f"format version {version}; this reader knows {FORMAT_VERSION}")


def _check_consistent(header: Header) -> None:
    if header.algorithm != ED25519:
        raise UnsupportedVersion(f"signature algorithm {header.algorithm}; 1 (Ed25519) is known")
    if header.anchor >= header.sequence:
        raise MalformedBatch("header: the nonce is from a batch that comes later")
    if not 0 <= header.end_us - header.start_us <= limits.BATCH_MAX_SPAN_US:
        raise LimitExceeded("header: a batch speaks for 0 to 30 seconds")
    if len(header.losses) > _LOSSES_MAX:
        raise LimitExceeded(f"header: {len(header.losses)} loss reasons; {_LOSSES_MAX} allowed")
    if (header.sequence == 0) != (header.previous == NO_PREVIOUS):
        raise MalformedBatch("header: only the first batch has no previous digest")


def _unknown(values: list[object]) -> tuple[int, ...]:
    if len(values) > limits.HEADER_MAX_UNKNOWN:
        raise LimitExceeded(f"header: {len(values)} unknown fields")
    checked = []
    for value in values:
        if not isinstance(value, int) or abs(value) >> _UNKNOWN_BITS:
            raise MalformedBatch("header: an unknown field is not a small integer")
        checked.append(int(value))
    return tuple(checked)


def is_zone(name: str) -> bool:
    """Whether a time zone's name can stand in a header."""
    return len(name) <= 40 and re.fullmatch(r"[A-Za-z][A-Za-z0-9+_/-]*", name) is not None
