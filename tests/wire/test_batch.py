import struct

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wire.builders import (
    KEY,
    events,
    header,
    headers,
    keystrokes,
    newer_body,
    sealed,
    with_body,
)
from wire import limits
from wire.batch import decode, open_envelope, seal, verify
from wire.body import Body, RawColumn, RawTable, body_of, decode_body, encode_body
from wire.columns import Width
from wire.errors import (
    BodyUndecodable,
    LimitExceeded,
    MalformedBatch,
    SignatureInvalid,
    UnsupportedVersion,
    WireError,
)
from wire.events import Keystroke
from wire.header import Header, decode_header, encode_header
from wire.signing import SigningKey


@given(st.lists(events(), max_size=60), headers())
def test_any_batch_round_trips(batch_events: list[Keystroke], some_header: Header) -> None:
    body = body_of(batch_events)
    envelope = open_envelope(seal(some_header, body, KEY).sealed)
    verify(envelope, KEY.verify_key)
    batch = decode(envelope)
    assert batch.body == body
    assert sorted(map(repr, batch_events)) == sorted(
        repr(event) for kind in batch.body.tables for event in batch.body.events(kind)
    )
    assert batch.header.rows == len(batch_events)


@given(st.binary(max_size=400))
def test_any_bytes_decode_or_raise_wire_error(data: bytes) -> None:
    read_all(data)


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_magic_decode_or_raise_wire_error(data: bytes) -> None:
    read_all(
        b"VTB1" + struct.pack("<HI", len(data) // 2, max(0, len(data) - len(data) // 2 - 64)) + data
    )


@given(st.binary(max_size=300))
def test_any_body_bytes_decode_or_raise_wire_error(data: bytes) -> None:
    try:
        decode_body(data)
    except WireError:
        return


@given(st.binary(max_size=300))
def test_any_header_bytes_decode_or_raise_wire_error(data: bytes) -> None:
    try:
        decode_header(data)
    except WireError:
        return


def test_a_header_with_a_map_as_a_key_is_malformed() -> None:
    with pytest.raises(MalformedBatch):
        decode_header(b"\xdf\x00\x00\x00\x01\x80\x00")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_batch_decodes_or_raises_wire_error(data: st.DataObject) -> None:
    mutated = bytearray(sealed().sealed)
    for _ in range(data.draw(st.integers(1, 4))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    read_all(bytes(mutated))


def read_all(data: bytes) -> None:
    """Read as far as it goes; anything but a `WireError` escapes."""
    try:
        decode(open_envelope(data))
    except WireError:
        return


def test_every_flipped_bit_is_caught() -> None:
    good = sealed(5).sealed
    for bit in range(8 * len(good)):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(WireError):
            verify(open_envelope(bytes(flipped)), KEY.verify_key)


@pytest.mark.parametrize("length", [0, 1, 4, 9, 73, 74])
def test_a_batch_cut_short_is_malformed(length: int) -> None:
    with pytest.raises(MalformedBatch):
        open_envelope(sealed().sealed[:length])


def test_bytes_behind_a_batch_are_malformed() -> None:
    with pytest.raises(MalformedBatch):
        open_envelope(sealed().sealed + b"\0")


def test_a_batch_over_the_size_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(LimitExceeded):
        open_envelope(bytes(limits.BATCH_MAX_BYTES + 1))


def test_another_key_does_not_verify() -> None:
    with pytest.raises(SignatureInvalid):
        verify(sealed(), SigningKey.generate().verify_key)


def test_a_batch_of_no_events_speaks_for_its_time() -> None:
    batch = decode(open_envelope(sealed(0).sealed))
    assert batch.header.rows == 0
    assert batch.header.end_us == 30_000_000


def test_one_event_too_many_is_refused_when_sealing() -> None:
    assert keystrokes(limits.BATCH_MAX_EVENTS).rows == limits.BATCH_MAX_EVENTS
    with pytest.raises(LimitExceeded):
        keystrokes(limits.BATCH_MAX_EVENTS + 1)


def test_a_value_too_large_for_its_column_is_refused_when_sealing() -> None:
    with pytest.raises(LimitExceeded, match="hold_us"):
        body_of([Keystroke(0, 1 << 32, 0, 0, 0)])


def test_a_decompression_bomb_is_refused_by_its_declared_size() -> None:
    with pytest.raises(LimitExceeded):
        decode(with_body(bytes(limits.BODY_MAX_RAW_BYTES), zstandard.compress(b"")))


def test_a_bomb_that_lies_about_its_size_is_refused_before_it_unpacks() -> None:
    with pytest.raises(BodyUndecodable):
        decode(with_body(bytes(100), zstandard.compress(bytes(50_000_000))))


def test_a_bomb_in_a_frame_without_a_size_is_refused() -> None:
    compressor = zstandard.ZstdCompressor(write_content_size=False)
    with pytest.raises(BodyUndecodable):
        decode(with_body(bytes(100), compressor.compress(bytes(50_000_000))))


def test_a_frame_with_a_huge_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compress(bytes(100))
    with pytest.raises(BodyUndecodable):
        decode(with_body(bytes(100), packed))


def test_bytes_behind_the_frame_are_refused() -> None:
    raw = encode_body(keystrokes(3))
    with pytest.raises(BodyUndecodable):
        decode(with_body(raw, zstandard.compress(raw) + b"hidden", rows=3))


def test_a_body_with_fewer_events_than_declared_is_undecodable() -> None:
    with pytest.raises(BodyUndecodable, match="3 events"):
        decode(with_body(encode_body(keystrokes(3)), rows=4))


def test_a_reader_carries_what_a_newer_writer_added() -> None:
    envelope = open_envelope(seal(header(), newer_body(), KEY, unknown=(7, -3)).sealed)
    batch = decode(envelope)
    assert batch.body == newer_body()
    assert envelope.unknown == (7, -3)
    again = seal(batch.header, batch.body, KEY, envelope.unknown)
    assert again.sealed == envelope.sealed


def test_an_unknown_column_wide_enough_for_text_is_refused() -> None:
    wide = RawColumn(40, Width.U64, False, b"8 chars." * 3)
    body = Body(keystrokes(3).tables, (RawTable(Keystroke.KIND, 3, (wide,)),))
    with pytest.raises(LimitExceeded, match="wide"):
        decode_body(encode_body(body))


def test_too_many_unknown_columns_are_refused() -> None:
    columns = tuple(RawColumn(40 + i, Width.U8, False, b"\0\0\0") for i in range(17))
    body = Body(keystrokes(3).tables, (RawTable(Keystroke.KIND, 3, columns),))
    with pytest.raises(LimitExceeded, match="17"):
        decode_body(encode_body(body))


@pytest.mark.parametrize("further", ["text", b"text", [1], {"a": 1}, 1 << 40, None, 1.5])
def test_an_unknown_header_field_that_could_hold_text_is_refused(further: object) -> None:
    fields = msgspec.msgpack.decode(encode_header(header()))
    with pytest.raises(WireError):
        decode_header(msgspec.msgpack.encode([*fields, further]))


def test_too_many_unknown_header_fields_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        encode_header(header(), tuple(range(9)))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"version": 0}, MalformedBatch),
        ({"version": 300}, UnsupportedVersion),
        ({"algorithm": 2}, UnsupportedVersion),
        ({"session": b"short"}, MalformedBatch),
        ({"anchor": 0}, MalformedBatch),
        ({"sequence": 1}, MalformedBatch),
        ({"start_us": 10, "end_us": 9}, LimitExceeded),
        ({"end_us": 30_000_001}, LimitExceeded),
        ({"zone": "the words I typed"}, MalformedBatch),
        ({"agent_version": "secret"}, MalformedBatch),
        ({"losses": dict.fromkeys(range(40), 1)}, LimitExceeded),
        ({"rows": 501}, MalformedBatch),
    ],
)
def test_a_header_out_of_its_bounds_is_refused(
    changes: dict[str, object], error: type[WireError]
) -> None:
    with pytest.raises(error):
        encode_header(header(**changes))


def test_a_newer_version_with_the_same_fields_is_read() -> None:
    assert decode_header(encode_header(header(version=2)))[0].version == 2


def test_a_large_batch_is_small_on_the_wire() -> None:
    assert len(sealed(400).sealed) < 3_000
