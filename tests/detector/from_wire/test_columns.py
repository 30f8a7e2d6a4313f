"""Both readers of bodies give the same numbers and refuse the same bodies."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.from_wire.columns import (
    CheckedBody,
    Columns,
    DecodedColumns,
    SealedColumns,
    checked_body,
)
from tests.wire.builders import KEY, events, header, keystrokes, newer_body, with_body
from wire.batch import decode, open_envelope, seal
from wire.body import Body, body_of, encode_body
from wire.errors import BodyUndecodable, LimitExceeded, WireError
from wire.events import EVENT_TYPES, Keystroke
from wire.schema import schema_of

BODIES = st.lists(events(), max_size=12).map(body_of)
CHANGES = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 255)), max_size=3)


def numbers(columns: Columns, start: int, stop: int) -> dict[str, list[int]]:
    return {
        f"{kind.__name__}.{entry.name}": columns.column(kind, entry.name, start, stop).tolist()
        for kind in EVENT_TYPES
        for entry in schema_of(kind)
    }


def sealed(bodies: Sequence[Body]) -> list[CheckedBody]:
    envelopes = [seal(header(), body, KEY) for body in bodies]
    return [checked_body(open_envelope(envelope.sealed)) for envelope in envelopes]


@given(bodies=st.lists(BODIES, max_size=5), cut=st.tuples(st.integers(0, 5), st.integers(0, 5)))
def test_sealed_bodies_say_what_decoded_ones_say(bodies: list[Body], cut: tuple[int, int]) -> None:
    one, other = DecodedColumns(bodies), SealedColumns(sealed(bodies))
    start, stop = sorted(min(at, len(bodies)) for at in cut)
    assert numbers(one, start, stop) == numbers(other, start, stop)
    assert all(one.rows(kind) == other.rows(kind) for kind in EVENT_TYPES)


@given(
    body=st.sampled_from([newer_body(), keystrokes(3), keystrokes(0), Body()]),
    changes=CHANGES,
    rows=st.integers(3, 5),
    kept=st.integers(0, 200),
)
def test_damaged_bodies_are_refused_alike(
    body: Body, changes: list[tuple[int, int]], rows: int, kept: int
) -> None:
    raw = bytearray(encode_body(body))
    for at, value in changes:
        raw[at % len(raw)] = value
    envelope = with_body(bytes(raw[:kept]), rows=rows)
    try:
        decoded = decode(envelope)
    except WireError as error:
        with pytest.raises(type(error)):
            checked_body(envelope)
    else:
        read = SealedColumns([checked_body(envelope)])
        assert numbers(read, 0, 1) == numbers(DecodedColumns([decoded.body]), 0, 1)


def test_what_a_newer_agent_added_is_passed_over() -> None:
    columns = SealedColumns(sealed([newer_body(), keystrokes(2)]))
    assert columns.rows(Keystroke) == [3, 2]
    assert columns.column(Keystroke, "t_us", 0, 2).tolist() == [0, 150_000, 300_000, 0, 150_000]


def test_body_that_is_not_what_its_header_says_is_refused() -> None:
    with pytest.raises(BodyUndecodable, match="3 events"):
        checked_body(with_body(encode_body(keystrokes(3)), rows=4))
    with pytest.raises(LimitExceeded):
        checked_body(with_body(bytes(100_000), b"x", rows=0))
