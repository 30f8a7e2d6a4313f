"""What services ask of storage: work that waits for a scorer, of all organisations."""

from collections.abc import Sequence
from typing import Protocol

from server.records import DueState, Job, Waiting


class Jobs(Protocol):
    """Closed sessions that wait for their score, and open ones that are due for a look.

    A claim has a number and lapses. Whoever finds a lapsed one takes it with the next number, and
    only the newest claim may store anything.
    """

    def release(self, worker: str) -> None:
        """Give back what a worker of this name had claimed before it died, the attempt with it."""

    def claim(self, worker: str, now_us: int) -> Job | None:
        """Take the waiting job that goes first: by priority, then the oldest."""

    def fail(self, job: Job, reason: str, now_us: int) -> None:
        """Note a failure; the job is tried again later."""

    def put_off(self, job: Job, now_us: int) -> None:
        """Try a job again later, and give its attempt back: what failed was not its own."""

    def claim_states(self, worker: str, now_us: int, limit: int) -> Sequence[DueState]:
        """Take open sessions that are due, the longest overdue first."""

    def waiting(self, now_us: int) -> Waiting:
        """How much is due and not done."""
