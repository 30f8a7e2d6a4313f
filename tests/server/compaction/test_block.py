"""A compacted session says the same as its batches, whatever they hold."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.compaction.block import decode_block, encode_block
from server.compaction.original import pack_original, unpack_original
from server.errors import BlockUnreadable, OriginalDamaged
from server.records import StoredBatch
from server.scoring.facts import OpenedSession, facts_of, open_batches
from tests.wire.builders import KEY, events, header
from wire.batch import Envelope, open_envelope, seal
from wire.body import body_of
from wire.events import EVENT_TYPES, Event
from wire.header import NO_PREVIOUS

STRETCH_US = 30_000_000


def stored(parts: Sequence[Sequence[Event] | None]) -> list[StoredBatch]:
    """A session of batches with these events; one with None does not decode."""
    rows: list[StoredBatch] = []
    for number, happened in enumerate(parts):
        head = header(
            sequence=number,
            previous=rows[-1].digest if rows else NO_PREVIOUS,
            start_us=number * STRETCH_US,
            end_us=(number + 1) * STRETCH_US,
            losses={2: number} if number % 2 else {},
            final=number == len(parts) - 1,
        )
        envelope = seal(head, body_of(happened or ()), KEY)
        if happened is None:
            envelope = _broken(envelope)
        rows.append(
            StoredBatch(100 + 3 * number, number, envelope.digest, number, envelope.sealed, None)
        )
    return rows


def _broken(envelope: Envelope) -> Envelope:
    at = len(envelope.sealed) - 64 - len(envelope.body)
    signed = envelope.sealed[:at] + secrets.token_bytes(len(envelope.body))
    signature = KEY.sign(b"veritype batch v1", open_envelope(signed + bytes(64)).digest)
    return open_envelope(signed + signature)


def said(opened: OpenedSession) -> object:
    """All that any reader can learn from it."""
    return (
        opened.headers,
        opened.received_us,
        [batch.header for batch in opened.batches],
        [[e for batch in opened.batches for e in batch.body.events(kind)] for kind in EVENT_TYPES],
        [(row.digest, row.sealed, head, why) for row, head, why in opened.undecodable],
        facts_of(opened, 0),
    )


def inside(event: Event) -> Event:
    """The event within the session, so that it is kept; every other value as it is."""
    return replace(event, t_us=event.t_us % STRETCH_US)  # type: ignore[type-var]


def batches() -> st.SearchStrategy[list[list[Event] | None]]:
    kept = st.lists(events().map(inside), max_size=12)
    anywhen = st.lists(events(), max_size=3)
    return st.lists(st.one_of(kept, kept, kept, anywhen, st.none()), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches())
def test_compacted_session_says_what_its_batches_said(parts: list[list[Event] | None]) -> None:
    rows = stored(parts)
    opened = open_batches(rows)
    assert said(decode_block(encode_block(opened))) == said(opened)
    again = unpack_original(pack_original(rows))
    assert [row.sealed for row in again] == [row.sealed for row in rows]
    assert said(open_batches(again)) == said(opened)


def test_rows_of_a_compacted_session_name_no_place_in_the_log() -> None:
    """Row numbers are used again: marking one as quarantined would mark another's batch."""
    opened = decode_block(encode_block(open_batches(stored([[], None]))))
    assert [row.row for row, _, _ in opened.undecodable] == [0]
    assert [row.row for row in unpack_original(pack_original(stored([[], None])))] == [0, 0]


@pytest.mark.parametrize("cut", [0, 3, 10, 300, -1])
def test_original_that_is_cut_short_is_told(cut: int) -> None:
    data = pack_original(stored([[], []]))
    plain = zstandard.ZstdDecompressor().decompress(data)
    for damaged in (data[:cut], zstandard.ZstdCompressor().compress(plain[:cut])):
        with pytest.raises(OriginalDamaged, match="restore the objects from a backup"):
            unpack_original(damaged)


def test_block_of_another_version_is_not_read() -> None:
    data = encode_block(open_batches(stored([[]])))
    values = msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(data))
    values[0] = hashlib.sha256(b"another").digest()[:8]
    with pytest.raises(BlockUnreadable, match="another version"):
        decode_block(_packed(values))


@pytest.mark.parametrize(
    "tables", [[[1, 2, [b"x"] * 5]], [[1, 1, []]], [[99, 1, [b"x"]]], ["junk"]]
)
def test_damaged_block_is_not_read(tables: object) -> None:
    data = encode_block(open_batches(stored([[]])))
    values = msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(data))
    values[4] = tables
    with pytest.raises(BlockUnreadable):
        decode_block(_packed(values))
    with pytest.raises(BlockUnreadable):
        decode_block(b"no frame")


def _packed(values: object) -> bytes:
    return zstandard.ZstdCompressor().compress(msgspec.msgpack.encode(values))
