"""AES-256-GCM around keys and bytes, each bound to what it is and whose.

| what | under | bound to |
|---|---|---|
| organisation's key | the installation's, named by 8 bytes of its digest | the organisation |
| person's key | the organisation's | organisation, person |
| bytes of a session | the person's | organisation, person, session, SHA-256 of the bytes |

Nonces are random (96 bits): one key may seal 2^32 things before a nonce is likely to repeat, with a
chance of 2^-32 (NIST SP 800-38D, section 8.3); a person's key seals some thousands.
"""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import KeyUnusable, PictureMissing
from server.records import Owner

KEY_BYTES = 32
MARK = b"VTE1"
"""Begins what is sealed; nothing that a device may upload begins so."""
_NONCE_BYTES = 12
_ID_BYTES = 8
_ORGANISATION = b"veritype organisation key v1"
_PERSON = b"veritype person key v1"
_BYTES = b"veritype sealed bytes v1"
_NAME = b"veritype sealed name v1"


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def key_id(secret: bytes) -> bytes:
    """Names a key of the installation without telling it."""
    return hashlib.sha256(b"veritype vault key id v1" + secret).digest()[:_ID_BYTES]


def wrap_for_organisation(secret: bytes, organisation: int, key: bytes) -> bytes:
    """An organisation's key under the installation's."""
    return key_id(secret) + _sealed(secret, key, _ORGANISATION + _number(organisation))


def wrapped_by(wrapped: bytes) -> bytes:
    """Which key of the installation wraps it."""
    return wrapped[:_ID_BYTES]


def unwrap_for_organisation(secret: bytes, organisation: int, wrapped: bytes) -> bytes:
    """The key again; raises `KeyUnusable`."""
    return _key(secret, wrapped[_ID_BYTES:], _ORGANISATION + _number(organisation))


def wrap_for_person(key: bytes, organisation: int, person: bytes, secret: bytes) -> bytes:
    """A person's key under their organisation's."""
    return _sealed(key, secret, _PERSON + _number(organisation) + person)


def unwrap_for_person(key: bytes, organisation: int, person: bytes, wrapped: bytes) -> bytes:
    """The key again; raises `KeyUnusable`."""
    return _key(key, wrapped, _PERSON + _number(organisation) + person)


def name_of(secret: bytes, owner: Owner, digest: bytes) -> bytes:
    """Under which name sealed bytes lie: the same each time, and a guess confirms nothing."""
    message = _NAME + _number(owner.organisation) + owner.person + owner.session + digest
    return hmac.new(secret, message, hashlib.sha256).digest()


def seal(secret: bytes, owner: Owner, digest: bytes, data: bytes) -> bytes:
    """The bytes as they are stored."""
    return MARK + _sealed(secret, data, _bound(owner, digest))


def unseal(secret: bytes, owner: Owner, digest: bytes, sealed: bytes) -> bytes:
    """The bytes again.

    Raises:
        PictureMissing: they were sealed for somebody or something else, or are damaged.
    """
    try:
        # Whatever stands in the place of the mark, the tag is checked.
        return _opened(secret, sealed.removeprefix(MARK), _bound(owner, digest))
    except InvalidTag:
        raise PictureMissing(f"object {digest.hex()} is not what was stored") from None


def _bound(owner: Owner, digest: bytes) -> bytes:
    return _BYTES + _number(owner.organisation) + owner.person + owner.session + digest


def _number(organisation: int) -> bytes:
    return organisation.to_bytes(8, "big")


def _sealed(key: bytes, message: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, message, bound)


def _opened(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)


def _key(key: bytes, wrapped: bytes, bound: bytes) -> bytes:
    try:
        return _opened(key, wrapped, bound)
    except InvalidTag:
        raise KeyUnusable("a wrapped key was changed, or is another organisation's") from None
