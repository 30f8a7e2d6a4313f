"""What services ask of storage: webhooks of one organisation, and deliveries of all."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.records.announcements import Happened
from server.records.webhooks import AttemptMade, Claimed, DeliveryLine, DueEndpoint, Endpoint


class Webhooks(Protocol):
    """Where one organisation wants to be told, and what was sent there."""

    def endpoints(self, after_row: int, limit: int) -> Sequence[Endpoint]:
        """The next ones behind a row, in the order in which they were added."""

    def endpoint(self, endpoint: bytes) -> Endpoint | None:
        """An endpoint by its id."""

    def add_endpoint(
        self, endpoint: bytes, url: str, kinds: frozenset[Happened], sealed: bytes, now_us: int
    ) -> None:
        """Add one; what happens from now on is sent there."""

    def change_endpoint(
        self,
        endpoint: bytes,
        url: str,
        kinds: frozenset[Happened],
        paused: bool,
        now_us: int,
    ) -> bool:
        """Change it; one that is no longer paused is tried at once."""

    def set_endpoint_secret(self, endpoint: bytes, sealed: bytes, previous_until_us: int) -> bool:
        """Sign with another secret; with the one before too, until then."""

    def remove_endpoint(self, endpoint: bytes) -> bool:
        """Remove it with its deliveries and their log."""

    def test_endpoint(self, endpoint: bytes, now_us: int) -> int | None:
        """Make a test due there, and nowhere else; its number. None: there is no such endpoint."""

    def replay(self, endpoint: bytes, first: int, last: int, now_us: int) -> int:
        """Make due again what happened in a range of numbers and is of its kinds; how many."""

    def deliveries(
        self, endpoint: bytes, before_row: int | None, limit: int
    ) -> Sequence[DeliveryLine]:
        """What was sent to an endpoint or waits for it, the newest first."""

    def delivery(self, endpoint: bytes, number: int) -> DeliveryLine | None:
        """The delivery of one announcement to one endpoint."""


class Deliveries(Protocol):
    """Deliveries of all organisations."""

    def due_endpoints(self, now_us: int) -> Sequence[DueEndpoint]:
        """Endpoints to which something is due, those that fail behind those that do not."""

    def claim_deliveries(
        self, wanted: Mapping[int, int], now_us: int, until_us: int
    ) -> Sequence[Claimed]:
        """Take the oldest due deliveries: of each endpoint (its row) at most so many."""

    def note_attempts(self, made: Sequence[AttemptMade]) -> None:
        """Note how attempts ended; one that is no longer the newest of its delivery is dropped."""

    def forget_deliveries(self, ended_before_us: int, limit: int) -> int:
        """Delete deliveries that ended before a moment, with their log; how many."""
