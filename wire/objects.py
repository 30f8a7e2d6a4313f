"""Objects that are stored beside the events: screenshots, titles, notes, class sequences.

A module of its own, because the process that captures names pictures and needs nothing else of
the wire: no signatures, no messages.
"""

import hashlib


def object_digest(data: bytes) -> bytes:
    """SHA-256 of a stored object: its name in events and in `/agent/v1/objects/{digest}`."""
    return hashlib.sha256(data).digest()


def digest_parts(digest: bytes) -> tuple[int, int, int, int]:
    """A digest as events hold it: big-endian, in four parts; zeros for none (empty bytes)."""
    whole = digest or bytes(32)
    first, second, third, fourth = (
        int.from_bytes(whole[at : at + 8], "big") for at in range(0, 32, 8)
    )
    return first, second, third, fourth


def digest_of_parts(parts: tuple[int, int, int, int]) -> bytes:
    """The digest that an event holds in four parts; 32 zeros for none."""
    return b"".join(part.to_bytes(8, "big") for part in parts)
