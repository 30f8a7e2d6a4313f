"""Objects that are stored beside the events: screenshots, titles, notes, class sequences.

A module of its own, because the process that captures names pictures and needs nothing else of
the wire: no signatures, no messages.
"""

import hashlib


def object_digest(data: bytes) -> bytes:
    """SHA-256 of a stored object: its name in events and in `/agent/v1/objects/{digest}`."""
    return hashlib.sha256(data).digest()
