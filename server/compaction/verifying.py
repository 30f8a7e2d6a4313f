"""Checks a session from the bytes that its device signed, with nothing else to trust."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.records import StoredBatch
from wire.batch import open_envelope, verify
from wire.chain import ChainHead, follow, nonce_holds
from wire.errors import WireError
from wire.signing import VerifyKey


@dataclass(frozen=True, slots=True)
class Verified:
    """How far a session's chain holds."""

    batches: int
    wrong: str | None
    """What does not hold, in a sentence; None: everything does."""


def verify_session(
    batches: Sequence[StoredBatch], head: ChainHead, key: VerifyKey, nonce_secrets: Sequence[bytes]
) -> Verified:
    """Check every signature and nonce, and the chain from its first batch to `head`.

    `nonce_secrets`: all that there ever were, since old sessions carry nonces of old ones.
    """
    at = ChainHead()
    for number, batch in enumerate(batches):
        try:
            envelope = open_envelope(batch.sealed)
            verify(envelope, key)
            at = follow(at, envelope)
        except WireError as error:
            return Verified(number, f"batch {number} does not hold: {error}")
        if not any(nonce_holds(secret, envelope) for secret in nonce_secrets):
            return Verified(number, f"batch {number} carries a nonce that was not given to it")
    # That a session is closed is no word of the device's where a purge ended it.
    if (at.sequence, at.digest) != (head.sequence, head.digest):
        return Verified(len(batches), "the chain does not end where the session's head is")
    return Verified(len(batches), None)
