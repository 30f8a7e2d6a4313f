"""What services ask of storage: assessments of one organisation, and what they rest on."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.records import (
    DueState,
    Job,
    NewReview,
    NewState,
    StoredAssessment,
    StoredBatch,
    StoredCard,
    Why,
)


class Scores(Protocol):
    """Assessments, states of open sessions, and the promise about false flags."""

    def assessment(self, session_row: int) -> StoredAssessment | None:
        """The newest assessment."""

    def assessments(self, session_row: int) -> Sequence[StoredAssessment]:
        """All assessments of a session, in the order they were made."""

    def current_assessments(self, session_rows: Sequence[int]) -> Mapping[int, StoredAssessment]:
        """The newest assessment of each of these sessions that has one."""

    def finish_job(
        self,
        job: Job,
        facts: bytes,
        assessment: StoredAssessment | None,
        review: NewReview | None = None,
        card: StoredCard | None = None,
    ) -> bool:
        """Store facts and assessment and end the job, as one, if the claim is still the newest.

        Without an assessment the last one stays current. Both of the session's people see the new
        one from the same moment, and the review that it gives reason for is open from then on.
        False, and nothing stored, if the claim was lost.
        """

    def card(self, session_row: int) -> bytes | None:
        """A session's card, JSON of `server.reviews.card.Card`; None: none was made."""

    def put_card(self, session_row: int, card: StoredCard) -> None:
        """Give a scored session its card, if it was scored before cards were made."""

    def hurry(self, session_row: int) -> None:
        """Move a waiting job to the front: somebody waits for its answer."""

    def submitted_late(self, session_row: int, now_us: int) -> None:
        """A class sequence came: a session that was scored without it is scored again.

        A few times only; later ones change nothing.
        """

    def rescore(self, session_rows: Sequence[int], why: Why, now_us: int) -> int:
        """Have scored sessions scored again, behind everything else; how many will be."""

    def scored_sessions(
        self, after_row: int, limit: int, project: bytes | None, other_than_model: str | None
    ) -> Sequence[int]:
        """Scored sessions in order; of a project, or last judged by another model, if asked."""

    def new_batches(self, due: Sequence[DueState], most: int) -> Sequence[tuple[int, StoredBatch]]:
        """Each session's next batches, at most so many of each, with its number; in order."""

    def keep_states(self, states: Sequence[NewState]) -> int:
        """Store what a round came to, where the claim is still the newest; how many were."""

    def promise(self) -> bytes | None:
        """What was promised about false flags, as `detector.promise` writes it."""

    def put_promise(self, document: bytes, now_us: int) -> None:
        """Put another promise in its place."""
