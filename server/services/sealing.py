"""What is sealed at rest, so that the database alone shows none of it.

AES-256-GCM. The key is derived (HKDF, SHA-256) from one secret of the server, what is sealed and
whose it is (a person, or an organisation), and is stored nowhere.

Typing samples: deleting a sample therefore destroys its bytes, not its key: an
older copy of the database together with the server's secret still opens it.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_KEY_BYTES = 32


class Seal:
    """Seals and opens one kind of thing, each under a key of its owner."""

    def __init__(self, secret: bytes, mark: bytes, purpose: bytes) -> None:
        self._secret = secret
        self._mark = mark
        self._purpose = purpose

    def seal(self, organisation: int, owner: bytes, message: bytes) -> bytes:
        """The message as it is stored."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        whose = self._whose(organisation, owner)
        return self._mark + nonce + self._key(whose).encrypt(nonce, message, whose)

    def open(self, organisation: int, owner: bytes, sealed: bytes) -> bytes | None:
        """The message; None if it was sealed for somebody else, with another secret, or changed."""
        if not sealed.startswith(self._mark):
            return None
        body = sealed[len(self._mark) :]
        whose = self._whose(organisation, owner)
        try:
            return self._key(whose).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], whose)
        except (InvalidTag, ValueError):
            return None

    def _key(self, whose: bytes) -> AESGCM:
        return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=whose).derive(self._secret))

    def _whose(self, organisation: int, owner: bytes) -> bytes:
        return self._purpose + organisation.to_bytes(8, "big") + owner


class SampleSeal(Seal):
    """Seals what a person gave of their typing."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, b"VTS1", b"veritype typing sample v1")


class FactorSeal(Seal):
    """Seals the secrets of second factors."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, b"VTF1", b"veritype second factor v1")


class WebhookSeal(Seal):
    """Seals the secrets that sign webhooks."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, b"VTW1", b"veritype webhook v1")


class ProviderSeal(Seal):
    """Seals the secrets by which an organisation's provider knows this server."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, b"VTP1", b"veritype identity provider v1")


class AnswerSeal(Seal):
    """Seals answers that are given again to the same idempotency key, which is their owner."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, b"VTR1", b"veritype kept answer v1")
