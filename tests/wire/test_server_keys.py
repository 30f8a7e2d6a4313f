"""A server's next key is trusted only if a trusted one signed for it."""

import msgspec
import pytest

from wire.errors import SignatureInvalid
from wire.server_keys import SLACK_US, Handover, KeyRing, hand_over
from wire.signing import SigningKey

KEYS = [SigningKey.generate() for _ in range(4)]
CHAIN = tuple(hand_over(KEYS[n], KEYS[n + 1], (n + 1) * 10 * SLACK_US) for n in range(3))


def known(ring: KeyRing) -> list[int]:
    return [n for n, key in enumerate(KEYS) if ring.key(key.verify_key.key_id)]


def check(ring: KeyRing, key: SigningKey, at_us: int) -> None:
    ring.check_at(key.verify_key.key_id, b"d", b"m", key.sign(b"d", b"m"), at_us)


@pytest.mark.parametrize("pinned", range(4))
def test_the_chain_is_followed_both_ways_in_any_order(pinned: int) -> None:
    for chain in (CHAIN, CHAIN[::-1]):
        ring = KeyRing(KEYS[pinned].verify_key, chain)
        assert known(ring) == [0, 1, 2, 3]
        assert KeyRing(ring.pinned, ring.handovers).keys == ring.keys


def test_a_gap_ends_what_is_trusted() -> None:
    assert known(KeyRing(KEYS[0].verify_key, (CHAIN[0], CHAIN[2]))) == [0, 1]
    assert known(KeyRing(KEYS[3].verify_key, (CHAIN[0], CHAIN[2]))) == [2, 3]


def test_nobody_without_the_old_key_names_a_new_one() -> None:
    stranger = SigningKey.generate()
    forged = msgspec.structs.replace(
        hand_over(stranger, stranger, 5), previous=KEYS[0].verify_key.raw.hex()
    )
    assert len(KeyRing(KEYS[0].verify_key, (forged,)).keys) == 1


def test_nobody_claims_to_have_been_the_server_before() -> None:
    stranger = SigningKey.generate()
    claim = hand_over(stranger, SigningKey.generate(), 5)
    forged = msgspec.structs.replace(claim, key=KEYS[0].verify_key.raw.hex())
    assert len(KeyRing(KEYS[0].verify_key, (forged,)).keys) == 1


def test_of_two_successors_the_one_that_is_known_counts() -> None:
    """Whoever stole the old key is too late for a device that followed the true handover."""
    thief = hand_over(KEYS[0], SigningKey.generate(), 5)
    assert known(KeyRing(KEYS[0].verify_key, (CHAIN[0], thief))) == [0, 1]
    assert len(KeyRing(KEYS[0].verify_key, (CHAIN[0], thief)).keys) == 2


@pytest.mark.parametrize("field", ["from_us", "by_key", "by_previous"])
def test_a_changed_handover_does_not_hold(field: str) -> None:
    value: object = 7 if field == "from_us" else "00" * 64
    changed = msgspec.structs.replace(CHAIN[0], **{field: value})
    assert not changed.holds()
    assert known(KeyRing(KEYS[0].verify_key, (changed,))) == [0]


def test_a_key_that_is_no_point_of_the_curve_does_not_hold() -> None:
    assert not msgspec.structs.replace(CHAIN[0], key="ff" * 32).holds()


def test_a_key_signs_for_its_time_only() -> None:
    ring = KeyRing(KEYS[0].verify_key, CHAIN)
    end_us = CHAIN[0].from_us
    check(ring, KEYS[0], end_us + SLACK_US)
    with pytest.raises(SignatureInvalid):
        check(ring, KEYS[0], end_us + SLACK_US + 1)
    check(ring, KEYS[3], 1 << 50)
    # A receipt that is asked for again is signed by the key of now and says the time of then.
    check(ring, KEYS[1], 0)
    with pytest.raises(SignatureInvalid):
        check(ring, SigningKey.generate(), 0)


def test_a_circle_ends() -> None:
    back = hand_over(KEYS[1], KEYS[0], 99)
    assert known(KeyRing(KEYS[0].verify_key, (CHAIN[0], back, CHAIN[0]))) == [0, 1]


@pytest.mark.parametrize("key", ["", "zz" * 32, "AB" * 32, "ab" * 31])
def test_a_handover_of_another_form_is_not_read(key: str) -> None:
    document = msgspec.to_builtins(CHAIN[0]) | {"key": key}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(document, Handover)
