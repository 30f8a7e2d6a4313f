"""The review delay: pictures are held back for so long of the trainer's presence.

Paused, idle, locked, suspended and off the clock do not count: the time left stands still, over
restarts too. It is written every few seconds only; what a kill takes away is at most that much
of the countdown, so a picture waits longer, never shorter.
"""

from agent.spool.store import Spool

WRITE_EVERY_US = 5_000_000
GAP_US = 5_000_000
"""A longer silence between two ticks was not observed, so nobody was there."""


class ReviewClock:
    """Counts down what is held while the trainer is present."""

    def __init__(self, spool: Spool, now_us: int) -> None:
        self._spool = spool
        self._last_us = now_us
        self._passed_us = 0

    def tick(self, now_us: int, *, present: bool) -> bool:
        """Time went on; whether a picture may go that might not before."""
        passed_us, self._last_us = now_us - self._last_us, now_us
        if present and 0 < passed_us <= GAP_US:
            self._passed_us += passed_us
        left_us = self._shortest_us()
        if left_us is None:
            self._passed_us = 0
            return False
        if self._passed_us < min(left_us, WRITE_EVERY_US):
            return False
        over = self._passed_us >= left_us
        self.settle()
        return over

    def settle(self) -> None:
        """Write what was counted: call it before a new picture comes, which it is not for."""
        passed_us, self._passed_us = self._passed_us, 0
        if passed_us:
            with self._spool.transaction() as db:
                db.execute(
                    "UPDATE objects SET review_left_us = max(0, review_left_us - ?)"
                    " WHERE review_left_us > 0",
                    (passed_us,),
                )

    def _shortest_us(self) -> int | None:
        query = "SELECT min(review_left_us) FROM objects WHERE aside = '' AND review_left_us > 0"
        ((left_us,),) = self._spool.rows(query)
        return left_us if left_us is None else int(left_us)
