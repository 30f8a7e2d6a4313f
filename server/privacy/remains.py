"""What stays provable of batches that are gone: their digests in order, signed by the server."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from server.privacy.auditing import signature_holds
from server.records import SignedDocument
from wire.chain import ChainHead
from wire.server_keys import KeyRing


class Remains(Protocol):
    """What a signed document says of a session's batches; bytes are hex."""

    @property
    def batches(self) -> int:
        """How many there were."""

    @property
    def digests_sha256(self) -> str:
        """Over the digests of all of them, in order, one behind the other."""

    @property
    def key(self) -> str:
        """Id of the server's key."""


def check_remains(
    said: Remains,
    signed: SignedDocument,
    domain: bytes,
    digests: Sequence[bytes],
    head: ChainHead,
    ring: KeyRing,
) -> str | None:
    """What does not hold of a session whose batches are gone; None: everything does."""
    if not signature_holds(ring, said.key, domain, signed):
        return "the signature over what is left of the session does not hold"
    if hashlib.sha256(b"".join(digests)).hexdigest() != said.digests_sha256:
        return "the digests are not those that were signed"
    if said.batches != len(digests) or (digests and digests[-1] != head.digest):
        return "the digests do not end where the session's head is"
    return None
