"""Headers, events and sealed batches for the wire's own tests."""

import hashlib
import struct
from dataclasses import fields
from typing import Any

import zstandard
from hypothesis import strategies as st

from wire.batch import DOMAIN, Envelope, open_envelope, seal
from wire.body import Body, RawColumn, RawTable, body_of
from wire.columns import Width, encode_column
from wire.events import EVENT_TYPES, Event, Keystroke
from wire.header import NO_PREVIOUS, Header, encode_header
from wire.schema import schema_of
from wire.signing import SigningKey

KEY = SigningKey(bytes(range(32)))
SESSION = bytes(16)


def header(**changes: Any) -> Header:
    """A valid first header, with some fields changed."""
    values: dict[str, Any] = {
        "session": SESSION,
        "device": b"d" * 16,
        "key_id": KEY.verify_key.key_id,
        "sequence": 0,
        "previous": NO_PREVIOUS,
        "anchor": -1,
        "nonce": b"n" * 16,
        "boot_id": b"b" * 16,
        "sealed_monotonic_us": 5_000_000,
        "sealed_wall_us": 1_700_000_000_000_000,
        "zone": "Europe/Rome",
        "utc_offset_min": 60,
        "start_us": 0,
        "end_us": 30_000_000,
        "policy_version": 1,
        "agent_version": "0.1.0",
        "final": False,
        "rows": 0,
        "body_raw_bytes": 0,
        "losses": {},
    }
    return Header(**(values | changes))


def keystrokes(count: int) -> Body:
    """A body of evenly spaced letters."""
    return body_of(Keystroke(i * 150_000, 90_000, 0, 2, 1) for i in range(count))


def sealed(count: int = 20, **changes: Any) -> Envelope:
    """A sealed batch of letters."""
    return seal(header(**changes), keystrokes(count), KEY)


def with_body(raw: bytes, packed: bytes | None = None, **changes: int) -> Envelope:
    """A correctly signed batch around any body at all."""
    packed = zstandard.compress(raw) if packed is None else packed
    head = encode_header(header(body_raw_bytes=len(raw), **changes))
    signed = b"VTB1" + struct.pack("<HI", len(head), len(packed)) + head + packed
    digest = hashlib.sha256(signed).digest()
    return open_envelope(signed + KEY.sign(DOMAIN, digest))


def newer_body() -> Body:
    """What a later version might write: a further column of keystrokes, and a kind 99."""
    column = RawColumn(40, Width.U16, True, encode_column([5, 6, 7], Width.U16, delta=True))
    when = RawColumn(1, Width.U64, True, encode_column([1, 2], Width.U64, delta=True))
    table = RawTable(99, 2, (when, RawColumn(2, Width.U8, False, b"\1\2")))
    return Body(keystrokes(3).tables, (RawTable(Keystroke.KIND, 3, (column,)), table))


def bounds(width: Width) -> tuple[int, int]:
    """Smallest and largest value that a width holds."""
    bits = 8 * width.size_bytes
    return (
        (0, (1 << bits) - 1) if width <= Width.U64 else (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    )


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event of any kind, over the full range of each column."""
    kind = draw(st.sampled_from(EVENT_TYPES))
    return kind(*(draw(st.integers(*bounds(entry.column.width))) for entry in schema_of(kind)))


@st.composite
def headers(draw: st.DrawFn) -> Header:
    """Any valid header."""
    sequence = draw(st.integers(0, 2**32 - 1))
    start_us = draw(st.integers(0, 2**61))
    digests = st.binary(min_size=32, max_size=32).filter(lambda digest: digest != NO_PREVIOUS)
    return header(
        sequence=sequence,
        previous=draw(digests) if sequence else NO_PREVIOUS,
        anchor=draw(st.integers(-1, sequence - 1)),
        nonce=draw(st.binary(min_size=16, max_size=16)),
        start_us=start_us,
        end_us=start_us + draw(st.integers(0, 30_000_000)),
        zone=draw(st.sampled_from(["UTC", "Europe/Rome", "Etc/GMT+12", "America/Port-au-Prince"])),
        final=draw(st.booleans()),
        losses=draw(st.dictionaries(st.integers(1, 8), st.integers(0, 2**32 - 1))),
    )


def field_names(kind: type[Event]) -> list[str]:
    """Names of a kind's fields."""
    return [field.name for field in fields(kind)]  # type: ignore[arg-type]
