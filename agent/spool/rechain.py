"""Chaining waiting batches anew, after one of them was lost, refused or overtaken.

A chain with a hole is refused by the server for ever. The batches behind the hole keep their
events and times and get new numbers and links, signed by the device; the first one reports the
loss. A number is given again only when the server said, for good, that it did not store it.
"""

from collections.abc import Iterable, Mapping

import msgspec

from wire.batch import Envelope, decode, open_envelope, seal
from wire.chain import OPENING, ChainHead
from wire.header import Header
from wire.signing import SigningKey


def rechain(
    head: ChainHead,
    waiting: Iterable[bytes],
    key: SigningKey,
    losses: Mapping[int, int],
    opening_nonce: bytes | None = None,
) -> tuple[Envelope, ...]:
    """Seal waiting batches (sealed bytes) to follow `head`; the first also reports `losses`.

    `opening_nonce` replaces nonces whose number would no longer lie before the batch.

    Raises:
        WireError: one of them does not read; leave it out and count it first.
    """
    chained: list[Envelope] = []
    for sealed in waiting:
        envelope = open_envelope(sealed)
        header = _moved(envelope.header, head, losses if not chained else {}, opening_nonce)
        chained.append(seal(header, decode(envelope).body, key, envelope.unknown))
        head = ChainHead(header.sequence, chained[-1].digest, header.final)
    return tuple(chained)


def _moved(
    header: Header, head: ChainHead, losses: Mapping[int, int], opening_nonce: bytes | None
) -> Header:
    added = {
        reason: header.losses.get(reason, 0) + losses.get(reason, 0)
        for reason in header.losses.keys() | losses.keys()
    }
    sequence = head.sequence + 1
    moved = msgspec.structs.replace(header, sequence=sequence, previous=head.digest, losses=added)
    if header.anchor >= sequence and opening_nonce is not None:
        return msgspec.structs.replace(moved, anchor=OPENING, nonce=opening_nonce)
    return moved
