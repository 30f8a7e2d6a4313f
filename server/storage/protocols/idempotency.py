"""What services ask of storage: requests that must be done once."""

from typing import Protocol

from server.records.idempotency import KeptAnswer, Once


class Idempotency(Protocol):
    """Requests of one organisation that came with an idempotency key."""

    def begin_once(
        self, key_hash: bytes, fingerprint: bytes, now_us: int, expires_us: int
    ) -> Once | None:
        """Note durably that a request begins; None: it is the caller's to do.

        Otherwise what is noted already under this key. What expired is forgotten first.
        """

    def keep_answer(self, key_hash: bytes, answer: KeptAnswer) -> None:
        """Note how the request that began under this key was answered."""

    def forget_once(self, key_hash: bytes) -> None:
        """The request was refused and nothing of it is kept: the key is free again."""
