"""What services ask of storage: sessions that wait for their score."""

from typing import Protocol

from server.records import Job


class Jobs(Protocol):
    """Closed sessions that wait for their score, of all organisations."""

    def release(self, worker: str) -> None:
        """Give back what this worker had claimed before it died, the attempt with it."""

    def claim(self, worker: str, now_us: int) -> Job | None:
        """Take the oldest waiting job."""

    def fail(self, job: Job, reason: str, now_us: int) -> None:
        """Note a failure; the job is tried again later."""
