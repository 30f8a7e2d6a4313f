import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.builders import KEY, header, keystrokes, sealed
from wire.batch import Envelope, seal
from wire.chain import OPENING, ChainHead, derive_nonce, follow, nonce_holds
from wire.errors import AlreadyAccepted, ChainBroken

SECRET = b"s" * 32


def next_batch(previous: Envelope, **changes: object) -> Envelope:
    values = {"sequence": previous.header.sequence + 1, "previous": previous.digest} | changes
    return seal(header(**values), keystrokes(3), KEY)


def test_batches_follow_each_other_until_the_final_one() -> None:
    first = sealed()
    second = next_batch(first)
    last = next_batch(second, final=True)
    head = ChainHead()
    for envelope in (first, second, last):
        head = follow(head, envelope)
    assert head == ChainHead(2, last.digest, closed=True)
    with pytest.raises(ChainBroken, match="closed"):
        follow(head, next_batch(last))


def test_the_same_batch_again_is_told_apart_from_another_with_its_number() -> None:
    first = sealed()
    head = follow(ChainHead(), first)
    with pytest.raises(AlreadyAccepted):
        follow(head, first)
    with pytest.raises(ChainBroken) as broken:
        follow(head, sealed(21))
    assert not isinstance(broken.value, AlreadyAccepted)


def test_the_final_batch_again_is_accepted_already() -> None:
    last = sealed(final=True)
    with pytest.raises(AlreadyAccepted):
        follow(follow(ChainHead(), last), last)


def test_a_gap_is_refused() -> None:
    first = sealed()
    with pytest.raises(ChainBroken, match="batch 1 is due"):
        follow(follow(ChainHead(), first), next_batch(next_batch(first)))


def test_a_batch_on_another_chain_is_refused() -> None:
    head = follow(ChainHead(), sealed())
    with pytest.raises(ChainBroken, match="continue"):
        follow(head, next_batch(sealed(21)))


def test_a_nonce_holds_for_its_own_session_and_anchor_only() -> None:
    session = b"1" * 16
    nonce = derive_nonce(SECRET, session, OPENING)
    assert nonce_holds(SECRET, sealed(session=session, nonce=nonce))
    assert not nonce_holds(SECRET, sealed(session=b"2" * 16, nonce=nonce))
    assert not nonce_holds(b"other" * 4, sealed(session=session, nonce=nonce))
    later = next_batch(sealed(), session=session, nonce=nonce, anchor=0)
    assert not nonce_holds(SECRET, later)


def test_batches_sealed_offline_are_counted_from_their_anchor() -> None:
    first = sealed()
    assert first.header.unanchored_batches == 0
    assert next_batch(first, anchor=0).header.unanchored_batches == 0
    assert next_batch(first, anchor=-1).header.unanchored_batches == 1


@given(secret=st.binary(min_size=32, max_size=32), anchor=st.integers(-1, 2**32 - 1))
def test_nonce_is_an_hmac(secret: bytes, anchor: int) -> None:
    said = bytes(16) + anchor.to_bytes(8, "little", signed=True)
    assert derive_nonce(secret, bytes(16), anchor) == hmac.digest(secret, said, "sha256")[:16]
