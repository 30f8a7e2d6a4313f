"""What services ask of storage: reviews, from the flag to the decision."""

from collections.abc import Collection, Sequence
from typing import Protocol

from server.records import (
    CASE_MAX,
    Company,
    ControlSession,
    Happened,
    Judged,
    Made,
    NewReview,
    Offered,
    OpenFilter,
    OpenReview,
    PayWaits,
    Reviewer,
    ReviewEvent,
    ReviewHead,
    ReviewSettings,
    SecondReviews,
    Sight,
    Standing,
    StoredReview,
    Truth,
    Unreviewed,
    Wanted,
)
from server.records.reviews import NOT_SAID


class Reviews(Protocol):
    """Reviews of one organisation. What happened in them is only ever added to."""

    def standing(self, session_row: int) -> Standing:
        """How a session stands between its assessment and its decision."""

    def upheld_sessions(self, person: bytes, before_row: int, limit: int) -> Sequence[int]:
        """Numbers of a person's sessions that people said are genuine, the newest first.

        Only those before a session; not those of which silence decided.
        """

    def open_review(self, session_row: int, new: NewReview, now_us: int) -> int | None:
        """Open a review; None, and nothing is stored, if the session had one or is a control."""

    def review(self, review: bytes) -> StoredReview | None:
        """A review by its id, with what happened in it."""

    def review_numbered(self, row: int) -> StoredReview | None:
        """A review by storage's number, with what happened in it."""

    def step_review(
        self,
        review: StoredReview,
        event: ReviewEvent,
        head: ReviewHead,
        announced: Sequence[Happened],
        waits: PayWaits | None = None,
        company: Company | None = None,
    ) -> bool:
        """Add an event, move the head with it, and do what follows for pay, as one.

        What waits of pay is held, and never longer than holds last: holding again what is held
        prolongs nothing, and minutes whose hold has lapsed before are not held again. A review
        that ends releases what reviews held of its session, and its days are counted again. The
        company's review is opened with it, unless that session was reviewed meanwhile.

        False, and nothing is stored, if something else happened in the review since it was read,
        or if a verdict comes from somebody who does not hold its claim.
        """

    def reviews(self, before_row: int | None, limit: int) -> Sequence[StoredReview]:
        """Reviews, newest first, without their events; none of control sessions."""

    def reviews_of(self, trainer: bytes) -> Sequence[StoredReview]:
        """Reviews of a person's sessions, newest first, without events; none of controls."""

    def reviews_by(self, reviewer: bytes, limit: int) -> Sequence[StoredReview]:
        """Reviews in which a person committed, the newest first, without their events."""

    def close_reviews_of(self, trainer: bytes, now_us: int) -> int:
        """Close without a decision whatever is open of a person's sessions; how many were."""

    def forget_reviews_of(self, trainer: bytes, now_us: int) -> int:
        """Close them, delete what was written in them, and no longer say whose they were."""


class ReviewQueue(Protocol):
    """Who reviews what next, and what is due."""

    def cases(
        self, reviewer: Reviewer, wanted: Wanted, now_us: int, most: int, skip: int
    ) -> Sequence[Sequence[Offered]]:
        """Cases that somebody may take and of which something is wanted, whole.

        Not their own sessions, nor those of anybody in a team of theirs, nor any that they gave a
        verdict on or saw in full, nor reviews that they gave back, nor those of a project of which
        enough were taken today. First comes what could be lost: weight x minutes, times how long
        it has waited.
        """

    def claim_reviews(
        self,
        reviewer: Reviewer,
        *,
        now_us: int,
        until_us: int,
        review: bytes | None = None,
        most: int = CASE_MAX,
    ) -> Sequence[int]:
        """Take the case that goes first, or the one with this review; the numbers of its reviews.

        How many cases went before it is noted. Nothing is taken if somebody else was faster.
        """

    def release_review(self, review_row: int, person: bytes, now_us: int) -> bool:
        """Give a claim back; the person is not offered it again. False: they do not hold it."""

    def given_back_since(self, person: bytes, since_us: int) -> int:
        """How many reviews a person gave back since a moment."""

    def claimed_reviews(self, person: bytes) -> Sequence[StoredReview]:
        """What a person has claimed and not ended, a case at most, without events."""

    def waiting_reviews(self, now_us: int) -> int:
        """How many reviews nobody holds."""

    def overdue_reviews(self, now_us: int, limit: int) -> Sequence[int]:
        """Numbers of open reviews whose deadline has passed."""

    def note_near_deadlines(self, within_us: int, now_us: int, limit: int) -> int:
        """Announce each deadline that is near, once, trainers' appeals too; how many were."""

    def note_seen(self, session_row: int, person: bytes, now_us: int) -> None:
        """Somebody saw score and name of a session: they can no longer review it."""

    def saw_in_full(self, session_row: int, person: bytes) -> bool:
        """Whether somebody saw score and name of a session."""

    def second_reviews(self, latest: int) -> SecondReviews:
        """The latest second reviews that were asked for, and the company that they were given."""

    def undoubted_sessions(self, bands: Collection[str], limit: int) -> Sequence[int]:
        """Numbers of the newest sessions in some bands that nobody reviewed; no controls."""


class ReviewWork(Protocol):
    """How reviews are worked, and what is open."""

    def note_opened(self, review_row: int, person: bytes, now_us: int) -> None:
        """Somebody opened a review that they hold; later times change nothing."""

    def note_looked(self, review_row: int, person: bytes, zooms: int, replays: int) -> None:
        """Somebody zoomed in on a review's timeline, or had it replayed, so often more."""

    def taken_ahead(self, review_row: int, person: bytes) -> int | None:
        """How many cases went before a review when somebody took it; None: not noted."""

    def in_unfinished_case(self, review_row: int, person: bytes) -> bool:
        """Whether somebody still holds a review that they took together with this one."""

    def done_since(self, person: bytes, since_us: int) -> int:
        """How many verdicts somebody gave since a moment."""

    def judged(self, since_us: int) -> Sequence[Judged]:
        """How each verdict came about, of reviews taken since a moment."""

    def unreviewed(self, since_us: int) -> Sequence[Unreviewed]:
        """By project: what was decided since a moment, and how much of it by silence alone."""

    def note_unreviewed(self, session_row: int, now_us: int) -> None:
        """A review ended for the trainer by silence; leads are told, once a day and project."""

    def set_reviews_a_day(self, project: bytes, most: int | None) -> None:
        """Give out at most so many reviews of a project a day (UTC); None: all there are."""

    def open_reviews(
        self, sight: Sight, wanted: OpenFilter, most: int, skip: int
    ) -> Sequence[OpenReview]:
        """Open reviews of sessions within sight, the next deadline first; none of controls."""

    def open_people(self, sight: Sight) -> Sequence[tuple[bytes, str]]:
        """People within sight of whom a review is open, by name; 500 at most."""


class Controls(Protocol):
    """Draws, and sessions of which is known how they were made."""

    def review_settings(self) -> ReviewSettings:
        """What draws rest on; made when first asked for."""

    def set_control_share(self, share: float) -> None:
        """Change how many reviews of control sessions are mixed in."""

    def mark_control(
        self, session_row: int, truth: Truth, marked_by: str, now_us: int, made: Made = NOT_SAID
    ) -> bool:
        """Make a session a control; a review of it that is open is closed. False: it is one."""

    def control_sessions(self) -> Sequence[ControlSession]:
        """All control sessions, in the order of their sessions."""

    def controls_opened(self, from_us: int, to_us: int) -> Sequence[ControlSession]:
        """Those whose session was opened from one moment until before another."""

    def committed_reviews(self, after_row: int, limit: int) -> Sequence[StoredReview]:
        """Reviews in which anybody committed, controls too, with their events, in order."""
