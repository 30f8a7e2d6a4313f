"""Checking a batch's signature, twice as fast as the wire's own check (libsodium, by PyNaCl).

Both take exactly what `wire.signing` takes; `tests/server/test_seals.py` holds them together, for
what was tampered with, malformed, or made on purpose to divide the two. libsodium is stricter in
one place: a key or a nonce point of small order, which no honest device has.
"""

from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError
from nacl.exceptions import ValueError as LengthError

from wire.batch import DOMAIN, Envelope
from wire.errors import SignatureInvalid
from wire.signing import VerifyKey

_PREFIX = DOMAIN + b"\0"


def check_seal(public_key: bytes, envelope: Envelope) -> None:
    """Check that the batch names the device's key and was sealed with it.

    Raises:
        SignatureInvalid: it does not or was not.
    """
    if envelope.header.key_id != VerifyKey(public_key).key_id:
        raise SignatureInvalid("sealed with another key")
    try:
        crypto_sign_open(envelope.signature + _PREFIX + envelope.digest, public_key)
    except (CryptoError, LengthError) as error:
        raise SignatureInvalid("the signature was not made by this key") from error
