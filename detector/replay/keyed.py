"""An organisation's key: without it a signature can neither be read nor compared."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.errors import BadGalleryError
from detector.tables import IntArray

U64 = np.uint64
LEAST_SECRET_BYTES = 16
_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_LENGTH_BLOCK = U64(8 << 56)


@dataclass(frozen=True, slots=True)
class OrganisationKey:
    """Turns shapes, sessions and persons into tags that only this organisation can make.

    Attributes:
        hashing: the two halves of the key for shapes.
        naming: the key for the names of sessions and persons.
    """

    hashing: tuple[int, int]
    naming: bytes

    @classmethod
    def from_secret(cls, secret: bytes) -> "OrganisationKey":
        """Derive the key from an organisation's secret.

        Raises:
            BadGalleryError: the secret is shorter than 16 bytes.
        """
        if len(secret) < LEAST_SECRET_BYTES:
            raise BadGalleryError(
                f"an organisation's key needs {LEAST_SECRET_BYTES} bytes or more; "
                "make one with a random generator"
            )
        made = hashlib.blake2b(secret, digest_size=48, person=b"veritype replay").digest()
        first, second = made[:8], made[8:16]
        return cls((int.from_bytes(first, "little"), int.from_bytes(second, "little")), made[16:])

    def shape_tags(self, codes: IntArray) -> NDArray[np.uint32]:
        """Return 32 bits of the keyed hash of each shape's code."""
        return (sip_hash(self.hashing, codes.astype(U64)) >> U64(32)).astype(np.uint32)

    def name_tag(self, kind: str, name: str) -> int:
        """Return 64 bits that stand for a session's or person's name."""
        digest = hashlib.blake2b(
            name.encode("utf-8", "surrogatepass"),
            digest_size=8,
            key=self.naming,
            person=kind.encode(),
        )
        return int.from_bytes(digest.digest(), "little")

    @property
    def check(self) -> int:
        """A number that tells two keys apart and says nothing of either."""
        return self.name_tag("check", "")


def sip_hash(key: tuple[int, int], words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash each 64-bit word with SipHash-2-4.

    Aumasson and Bernstein 2012, *SipHash: a fast short-input PRF*, INDOCRYPT, section 2.

    Args:
        key: the two little-endian halves of the 128-bit key.
        words: one message of eight bytes each.
    """
    halves = (key[0], key[1], key[0], key[1])
    state = [
        np.full(len(words), start ^ half, U64) for start, half in zip(_START, halves, strict=True)
    ]
    for block in (words, np.full(len(words), _LENGTH_BLOCK, U64)):
        state[3] ^= block
        for _ in range(2):
            _round(state)
        state[0] ^= block
    state[2] ^= U64(0xFF)
    for _ in range(4):
        _round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _round(v: list[NDArray[np.uint64]]) -> None:
    v[0] += v[1]
    v[1] = _rotated(v[1], 13) ^ v[0]
    v[0] = _rotated(v[0], 32)
    v[2] += v[3]
    v[3] = _rotated(v[3], 16) ^ v[2]
    v[0] += v[3]
    v[3] = _rotated(v[3], 21) ^ v[0]
    v[2] += v[1]
    v[1] = _rotated(v[1], 17) ^ v[2]
    v[2] = _rotated(v[2], 32)


def _rotated(word: NDArray[np.uint64], by: int) -> NDArray[np.uint64]:
    return (word << U64(by)) | (word >> U64(64 - by))
