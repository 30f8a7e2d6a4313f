"""A header of this version is read in one go, and as it is read value by value."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.builders import headers
from wire.errors import WireError
from wire.header import Header, _converted, _decoded, decode_header, encode_header

VALUES = st.one_of(
    st.integers(-3, 1 << 64), st.floats(), st.text(), st.binary(), st.none(), st.booleans()
)


def slowly(data: bytes) -> Header | None:
    try:
        header, unknown = _converted(data)
    except WireError:
        return None
    assert unknown == ()
    return header


@given(headers())
def test_what_is_written_is_read_in_one_go(header: Header) -> None:
    data = encode_header(header)
    assert _decoded(data) == header == slowly(data)


@given(headers(), st.integers(0, 21), VALUES)
def test_another_value_is_taken_by_both_ways_or_by_none(
    header: Header, place: int, value: object
) -> None:
    values = list(msgspec.msgpack.decode(encode_header(header)))
    values[place] = value
    data = msgspec.msgpack.encode(values)
    alike(data)


@settings(max_examples=200)
@given(headers(), st.integers(0, 500), st.integers(0, 255))
def test_another_byte_is_taken_by_both_ways_or_by_none(
    header: Header, place: int, byte: int
) -> None:
    data = bytearray(encode_header(header))
    data[3 + place % (len(data) - 3)] = byte
    alike(bytes(data))


@pytest.mark.parametrize("data", [b"", b"\xdc", b"\xdc\x00\x16", b"\xdc\x00\x16" + b"\x90" * 400])
def test_what_is_no_header_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        decode_header(data)


def alike(data: bytes) -> None:
    """What is read in one go is what is read value by value; less may be."""
    quick = _decoded(data)
    if quick is None:
        return
    try:
        assert decode_header(data) == (quick, ())
    except WireError:
        assert slowly(data) is None
    else:
        assert slowly(data) == quick
