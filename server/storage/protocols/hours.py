"""What services ask of storage: hours that payroll counts, and what is held of them."""

from collections.abc import Sequence
from typing import Protocol

from server.records.hours import Hold


class Hours(Protocol):
    """Hours of one organisation."""

    def hold_minutes(
        self,
        session_row: int,
        spans_us: Sequence[tuple[int, int]],
        lapses_us: int,
        now_us: int,
    ) -> None:
        """Hold back the pay of stretches of session time; no stretches: of the whole session.

        It lapses at `lapses_us`, and after `HOLD_MAX_US` at the latest. Minutes whose hold has
        lapsed before cannot be held again.
        """

    def release_holds(self, session_row: int, now_us: int) -> None:
        """What was held of a session by `hold_minutes` is held no longer."""

    def holds(self, session_row: int) -> Sequence[Hold]:
        """All holds of a session, those that have ended too, in the order they were made."""
