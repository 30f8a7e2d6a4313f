"""Kept answers go when their day is over."""

from server.storage.protocols import Store


class ForgetAnswers:
    """What was answered to idempotency keys is deleted when it is given again no longer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def do_next(self, now_us: int) -> bool:
        """Delete all that expired; whether there was any."""
        return self._store.forget_answers(now_us) > 0
