"""Typing samples at rest: sealed with a key of the person, so the database alone shows none.

AES-256-GCM. A person's key is derived (HKDF, SHA-256) from one secret of the server and the
person's id, and is stored nowhere. Deleting a sample therefore destroys its bytes, not its key: an
older copy of the database together with the server's secret still opens it.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_MARK = b"VTS1"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_PURPOSE = b"veritype typing sample v1"


class SampleSeal:
    """Seals and opens what belongs to one person."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, organisation: int, person: bytes, message: bytes) -> bytes:
        """The message as it is stored."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        owner = _owner(organisation, person)
        return _MARK + nonce + self._key(owner).encrypt(nonce, message, owner)

    def open(self, organisation: int, person: bytes, sealed: bytes) -> bytes | None:
        """The message; None if it was sealed for somebody else, with another secret, or changed."""
        if not sealed.startswith(_MARK):
            return None
        body = sealed[len(_MARK) :]
        owner = _owner(organisation, person)
        try:
            return self._key(owner).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], owner)
        except (InvalidTag, ValueError):
            return None

    def _key(self, owner: bytes) -> AESGCM:
        return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=owner).derive(self._secret))


def _owner(organisation: int, person: bytes) -> bytes:
    return _PURPOSE + organisation.to_bytes(8, "big") + person
