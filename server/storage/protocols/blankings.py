"""What services ask of storage: pictures that were sent and that a trainer asks to be blanked."""

from collections.abc import Sequence
from typing import Protocol

from server.records.blankings import BlankingRequest


class BlankingRequests(Protocol):
    """Requests of one organisation's trainers."""

    def ask_blanking(
        self, session_row: int, person: bytes, digest: bytes, reason: str, now_us: int
    ) -> bool:
        """Store a request; False if there is one about this picture."""

    def blanking_requests_of(self, person: bytes, limit: int) -> Sequence[BlankingRequest]:
        """A trainer's requests, the newest first."""

    def open_blanking_requests(self, limit: int) -> Sequence[BlankingRequest]:
        """Those that nobody decided, the oldest first."""

    def decide_blanking(
        self, request_row: int, answer: str, now_us: int, *, granted: bool
    ) -> BlankingRequest | None:
        """Decide one; granted, the picture is blanked in the same transaction.

        None if there is none, or somebody decided it.
        """
