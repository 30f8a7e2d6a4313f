"""Keyed digests of class sequences, and their seal until they are answered.

A class sequence reveals the lengths of words, so it is kept no longer than it is needed, and never
open. What stays is a digest under a key that is derived for each submission and lies in no
database: it tells whether the same classes are handed in again, and to nobody else anything.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.services.sealing import Seal
from wire.attestation import classes_digest
from wire.errors import WireError
from wire.textclass import pack_classes, unpack_classes

_PURPOSE = b"veritype submission digest v1"
_KEY_BYTES = 32


class Commitments:
    """Digests and seals of one installation's submissions."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._seal = Seal(secret, b"VTC1", b"veritype submission classes v1")

    def key(self, organisation: int, submission: bytes) -> bytes:
        """The key of a submission's digest; its attestation publishes it."""
        info = _PURPOSE + organisation.to_bytes(8, "big") + submission
        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(self._secret)

    def digest(self, organisation: int, submission: bytes, classes: str) -> bytes:
        """The digest of a submission's classes."""
        return classes_digest(self.key(organisation, submission), classes)

    def sealed(self, organisation: int, submission: bytes, classes: str) -> bytes:
        """The classes as they wait for their answer."""
        return self._seal.seal(organisation, submission, pack_classes(classes))

    def opened(self, organisation: int, submission: bytes, sealed: bytes) -> str | None:
        """The classes again; None if they do not open."""
        message = self._seal.open(organisation, submission, sealed)
        try:
            return unpack_classes(message) if message is not None else None
        except WireError:
            return None
