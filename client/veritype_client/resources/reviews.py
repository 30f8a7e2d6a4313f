"""Reviews: how they stand, and what was decided."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

import msgspec

from veritype_client.resources.asking import Asking, Kind, id_in_path

Verdict = Literal["keep", "ask-the-trainer", "exclude-the-data", "reject-the-pay", "escalate"]


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of session time, in seconds from clock-in."""

    start_s: float
    end_s: float


class Decision(msgspec.Struct, frozen=True):
    """What was decided. An adverse verdict is the word of two people at least.

    No `stretches`: it is about the whole session. `by_silence`: nobody decided in time, so it fell
    to the trainer.
    """

    verdict: Verdict
    decided_at: datetime
    stretches: list[Stretch]
    by_silence: bool


class Review(msgspec.Struct, frozen=True):
    """A review of one session; `session` is None once its person was erased.

    `how` is `flag` if the detector found something, `random` or `company` if it was
    drawn without any suspicion.
    `due_at` is when silence decides, or until when the trainer can appeal. While an appeal is open,
    `decision` is the one in force.
    """

    id: str
    session: str | None
    how: str
    stage: Literal["reviewer", "trainer", "decided", "closed"]
    opened_at: datetime
    due_at: datetime | None
    appealed: bool
    decision: Decision | None


_REVIEW = Kind(Review)


class Reviews(Asking):
    """What people say of sessions."""

    def reviews(self) -> Iterator[Review]:
        """Reviews, newest first. Scope `reviews:read`."""
        return self._all(_REVIEW, "/v1/reviews", "reviews")

    def review(self, review: str) -> Review:
        """One review. Scope `reviews:read`."""
        return self._get(_REVIEW, f"/v1/reviews/{id_in_path(review)}")

    def export_decisions(
        self, first: date, last: date, form: Literal["csv", "json"] = "csv"
    ) -> Iterator[bytes]:
        """A file of all decisions, piece by piece, never as a whole. Scope `exports:read`.

        `Unreachable` in the middle means that what came so far is not all of it: throw it away.

        Args:
            first: day on which a decision was made, in UTC.
            last: day; a year at most.
            form: of the file; `docs/reviews.md` has its columns.
        """
        params = {"from": first.isoformat(), "to": last.isoformat(), "format": form}
        return self._transport.stream("/v1/exports/decisions", params)
