"""The fast check of signatures takes what the wire's own check takes, and nothing else."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import msgspec.structs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from server.ingest.seals import ReceiptSigner, check_seal
from tests.server.device import Chain, Device
from wire.batch import DOMAIN, Envelope, verify
from wire.errors import SignatureInvalid
from wire.messages import Acknowledgement, Enrolment, acknowledge
from wire.signing import SigningKey, VerifyKey

_ORDER = 2**252 + 27742317777372353535851937790883648493
_SMALL_ORDER_POINTS = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]
KEY = SigningKey(hashlib.sha256(b"device").digest())
SEALED = Chain(Device(None, KEY, Enrolment(bytes(16), "t", "n", bytes(32))), b"s" * 16, b"n" * 16)
ENVELOPE = SEALED.seal()


def _taken(public_key: bytes, envelope: Envelope) -> tuple[bool, bool]:
    """Whether the fast check and the wire's take it, as sealed with this key."""
    key = VerifyKey(public_key)
    header = msgspec.structs.replace(envelope.header, key_id=key.key_id)
    named = replace(envelope, header=header)
    fast = partial(check_seal, public_key, key.key_id, named)
    return _holds(fast), _holds(partial(verify, named, key))


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except SignatureInvalid:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), digest=st.binary(min_size=32, max_size=32))
def test_what_a_key_signed_is_taken(seed: bytes, digest: bytes) -> None:
    key = SigningKey(seed)
    envelope = replace(ENVELOPE, digest=digest, signature=key.sign(DOMAIN, digest))
    assert _taken(key.verify_key.raw, envelope) == (True, True)


@settings(max_examples=100, deadline=None)
@given(
    where=st.sampled_from(["signature", "digest", "key"]),
    bit=st.integers(0, 511),
)
def test_a_flipped_bit_is_refused_by_both(where: str, bit: int) -> None:
    fields = {
        "signature": ENVELOPE.signature,
        "digest": ENVELOPE.digest,
        "key": KEY.verify_key.raw,
    }
    changed = bytearray(fields[where])
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    fields[where] = bytes(changed)
    envelope = replace(ENVELOPE, digest=fields["digest"], signature=fields["signature"])
    assert _taken(fields["key"], envelope) == (False, False)


@settings(max_examples=60, deadline=None)
@given(signature=st.binary(min_size=0, max_size=80), key=st.binary(min_size=0, max_size=40))
def test_malformed_signatures_and_keys_are_refused_by_both(signature: bytes, key: bytes) -> None:
    assert _taken(key, ENVELOPE) == (False, False)
    assert _taken(KEY.verify_key.raw, replace(ENVELOPE, signature=signature)) == (False, False)


def test_a_second_signature_made_of_a_good_one_is_refused_by_both() -> None:
    """S and S plus the group's order say the same; only the smaller one is a signature."""
    good = ENVELOPE.signature
    larger = int.from_bytes(good[32:], "little") + _ORDER
    other = replace(ENVELOPE, signature=good[:32] + larger.to_bytes(32, "little"))
    assert _taken(KEY.verify_key.raw, other) == (False, False)


@pytest.mark.parametrize("point", _SMALL_ORDER_POINTS)
def test_keys_that_fit_many_signatures_are_refused(point: str) -> None:
    """Of small order: with S = 0 and a fitting R the wire's check would take some of them."""
    for nonce_point in _SMALL_ORDER_POINTS:
        envelope = replace(ENVELOPE, signature=bytes.fromhex(nonce_point) + bytes(32))
        assert _taken(bytes.fromhex(point), envelope)[0] is False


def test_signature_that_only_another_equation_takes_is_refused_by_both() -> None:
    """RFC 8032 allows two equations. A key's owner can make a signature that holds by one only."""
    scalar = int.from_bytes(secrets.token_bytes(64), "little") % _ORDER
    nonce = int.from_bytes(secrets.token_bytes(64), "little") % _ORDER
    key = bindings.crypto_scalarmult_ed25519_base_noclamp(scalar.to_bytes(32, "little"))
    message = DOMAIN + b"\0" + ENVELOPE.digest
    for shifted in (False, True):
        point = bindings.crypto_scalarmult_ed25519_base_noclamp(nonce.to_bytes(32, "little"))
        if shifted:
            point = bindings.crypto_core_ed25519_add(point, bytes.fromhex(_SMALL_ORDER_POINTS[3]))
        hashed = int.from_bytes(hashlib.sha512(point + key + message).digest(), "little")
        answer = (nonce + hashed * scalar) % _ORDER
        made = replace(ENVELOPE, signature=point + answer.to_bytes(32, "little"))
        assert _taken(key, made) == (not shifted, not shifted)


def test_batch_that_names_another_key_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        check_seal(KEY.verify_key.raw, SigningKey.generate().verify_key.key_id, ENVELOPE)


@settings(max_examples=30, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), sequence=st.integers(0, 2**32 - 1))
def test_receipts_are_those_of_the_wire(seed: bytes, sequence: int) -> None:
    key = SigningKey(seed)
    said = Acknowledgement(bytes(16), sequence, ENVELOPE.digest, 5, bytes(16), 1, b"", b"")
    made = ReceiptSigner(key).signed(said)
    assert made == acknowledge(
        session=said.session,
        sequence=said.sequence,
        digest=said.digest,
        received_us=said.received_us,
        nonce=said.nonce,
        policy_version=said.policy_version,
        key=key,
    )
    made.verify(key.verify_key)
