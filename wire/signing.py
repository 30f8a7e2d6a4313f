"""Ed25519 keys and domain-separated signatures (RFC 8032, by `cryptography`)."""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from wire.errors import SignatureInvalid

SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key and its id."""

    raw: bytes

    @property
    def key_id(self) -> bytes:
        """First 8 bytes of the SHA-256 of the key."""
        return hashlib.sha256(self.raw).digest()[:8]

    def verify(self, domain: bytes, message: bytes, signature: bytes) -> None:
        """Check a signature made by `SigningKey.sign` with the same domain.

        Raises:
            SignatureInvalid: it does not hold, or the key is not a key.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, domain + b"\0" + message)
        except (InvalidSignature, ValueError) as error:
            raise SignatureInvalid("the signature was not made by this key") from error

    def verify_typed(self, payload_type: str, payload: bytes, signature: bytes) -> None:
        """Check a signature made by `SigningKey.sign_typed`.

        Raises:
            SignatureInvalid: it does not hold, or the key is not a key.
        """
        signed = pre_authentication(payload_type, payload)
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, signed)
        except (InvalidSignature, ValueError) as error:
            raise SignatureInvalid("the signature was not made by this key") from error


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """What a DSSE signature covers (DSSE v1, "PAE"): the type and the payload with their lengths.

    It begins as no domain of `SigningKey.sign` does, so that neither holds for the other.
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


class SigningKey:
    """A private key. Its text form shows nothing, so that it cannot be logged by accident."""

    def __init__(self, seed: bytes) -> None:
        """Load a key from its 32 secret bytes; raises `ValueError` for another length."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        self.verify_key = VerifyKey(self._key.public_key().public_bytes_raw())
        """The public half."""

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    def secret_bytes(self) -> bytes:
        """The 32 secret bytes, for storing them; nothing else needs them."""
        return self._seed

    def sign(self, domain: bytes, message: bytes) -> bytes:
        """Sign `message` for one purpose; a signature never holds for another domain."""
        return self._key.sign(domain + b"\0" + message)

    def sign_typed(self, payload_type: str, payload: bytes) -> bytes:
        """Sign a payload and its type as DSSE does (`wire.dsse`)."""
        return self._key.sign(pre_authentication(payload_type, payload))

    def __repr__(self) -> str:
        return f"SigningKey({self.verify_key.key_id.hex()}, secret not shown)"
