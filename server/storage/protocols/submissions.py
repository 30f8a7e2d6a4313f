"""What services ask of storage: what platforms asked about submissions, and what was answered."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.records.submissions import DueSubmission, GivenAnswer, NewSubmission, Submission


class Submissions(Protocol):
    """Submissions of one organisation."""

    def add_submission(
        self,
        new: NewSubmission,
        session_rows: Sequence[int],
        *,
        alignment: bytes | None = None,
        given: GivenAnswer | None = None,
        lapses_us: int | None = None,
    ) -> bool:
        """Store what was asked, and its first answer with it if there is one already.

        Without one it is due at `lapses_us`, or as soon as one of its sessions is scored. False,
        and nothing stored, if the identifier is in use.
        """

    def submission(self, submission: bytes) -> Submission | None:
        """A submission by its id."""

    def submission_called(self, identifier: str) -> Submission | None:
        """A submission by the platform's own identifier."""

    def submissions(self, limit: int, before_row: int | None) -> Sequence[Submission]:
        """Submissions, newest first."""

    def submissions_of_session(self, session_row: int) -> Sequence[Submission]:
        """Those that name a session, in the order they were asked about."""

    def count_submissions(self, session_row: int) -> int:
        """How many name a session."""

    def answers(self, submission_row: int) -> Sequence[GivenAnswer]:
        """All answers to one, in order."""

    def answer_submission(
        self, submission: Submission, alignment: bytes, given: GivenAnswer
    ) -> bool:
        """Give the next answer and let go of the sealed classes, as one.

        False, and nothing stored, if somebody else gave it in the meantime.
        """

    def change_answers(self, submission_row: int, documents: Mapping[int, bytes]) -> None:
        """Put other documents, by number, in the place of what answers rested on."""

    def submission_looked_at(self, submission_row: int, look_us: int | None) -> None:
        """Nothing is to be said anew; when to look again, if ever."""

    def look_at_submissions_of(self, session_row: int) -> None:
        """Have the submissions that name a session looked at again: people have decided."""


class SubmissionQueue(Protocol):
    """Submissions that are due, of all organisations."""

    def claim_submission(self, now_us: int) -> DueSubmission | None:
        """Take the one that is due for longest; it is due again soon if nothing comes of it."""
