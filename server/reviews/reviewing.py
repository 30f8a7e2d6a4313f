"""What reviewers do: take what goes first, look at it blind, say what they find, once.

Reviewers are auditors and leads. An administrator sees every session with its score, and so
reviews none. A reviewer holds one case at a time: up to five open reviews of one person, judged
blind to the last of them. They may choose from the list; what is taken far out of its order is
noted, and looked at by a second person also where it is cleared.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.errors import not_found
from server.language import N_
from server.records import (
    ADVERSE,
    DAY_US,
    Company,
    EventKind,
    Reviewer,
    ReviewEvent,
    Role,
    Spans,
    Stage,
    StoredReview,
    Verdict,
)
from server.reviews.machine import (
    REASON_MAX_CHARS,
    ReviewState,
    must_be_blind,
    next_place,
    state_of,
)
from server.reviews.moving import conflict, move
from server.reviews.opening import LATELY, company, draw, lacking, second_with
from server.scoring.assessments import UNDOUBTED_BANDS
from server.services.asking import Asker
from server.services.naming import named_id
from server.storage.protocols import OrganisationStore, Store

CLAIM_US = 4 * 3600 * 1_000_000
"""After so long without a verdict others may take it."""
GIVEN_BACK_MAX = 5
"""So many reviews somebody may give back within a day."""
OUT_OF_ORDER = 3
"""Whoever takes a case that three or more go before chose it."""
SPANS_MAX = 20
DONE_SHOWN = 50
_COMPANY_OF = 200
"""Company is drawn of so many of the newest sessions."""


@dataclass(frozen=True, slots=True)
class Queue:
    """How much waits, what somebody holds, and what they did."""

    waiting: int
    held: Sequence[StoredReview]
    done: Sequence[StoredReview]
    done_today: int
    """Verdicts since midnight (UTC)."""


@dataclass(frozen=True, slots=True)
class Committed:
    """A review in which somebody gave their verdict."""

    review: StoredReview
    whole: bool
    """They are through with its case, and see everything; until then their own word alone."""
    next_id: bytes | None
    """What else they hold."""


@dataclass(frozen=True, slots=True)
class Held:
    """A review that somebody holds, and what they may see of it besides the evidence."""

    review: StoredReview
    statements: tuple[str, ...]
    """What the trainer said, in order; without whose words they are, or why they were said."""
    named: bool
    """The project's rules let this first reviewer see who it is."""


class Reviewing:
    """The reviewers' side of reviews."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def queue(self, asker: Asker, now_us: int) -> Queue:
        """How much waits, what they hold, and what they did."""
        person, store = self._reviewer(asker)
        return Queue(
            store.waiting_reviews(now_us),
            store.claimed_reviews(person),
            store.reviews_by(person, DONE_SHOWN),
            store.done_since(person, now_us - now_us % DAY_US),
        )

    def take(self, asker: Asker, now_us: int, review_hex: str | None = None) -> bytes | None:
        """Take the case that goes first, or the one with a review; or go on with what they hold.

        The id of the review to open; None: none waits.
        """
        person, store = self._reviewer(asker)
        named = None if review_hex is None else named_id(review_hex)
        if named is not None and store.review(named) is None:
            raise not_found()
        held = store.claimed_reviews(person)
        if held:
            return held[0].id
        if store.given_back_since(person, now_us - DAY_US) >= GIVEN_BACK_MAX:
            # Whoever takes and gives back could look through the whole queue, or pick from it.
            raise conflict(
                N_("You gave %(most)s reviews back within a day; go on tomorrow."),
                most=GIVEN_BACK_MAX,
            )
        rows = store.claim_reviews(
            seat_of(asker, person),
            now_us=now_us,
            until_us=now_us + CLAIM_US,
            review=named,
        )
        taken = [found for row in rows if (found := store.review_numbered(row)) is not None]
        for each in taken:
            store.audit(asker.name, "review.claimed", each.id.hex())
        return taken[0].id if taken else None

    def release(self, asker: Asker, review_hex: str, now_us: int) -> None:
        """Give a review back; it is not offered to them again."""
        person, store = self._reviewer(asker)
        held = self._held(asker, review_hex)
        if not store.release_review(held.row, person, now_us):
            raise not_found()
        store.audit(asker.name, "review.released", held.id.hex())

    def held(self, asker: Asker, review_hex: str) -> Held:
        """What they hold; for anything else the answer is that there is nothing."""
        review = self._held(asker, review_hex)
        state = state_of(review.events, review.rules)
        named = not must_be_blind(state, review.rules) and not review.rules.control
        return Held(review, _statements(review), named)

    def opened(self, asker: Asker, review_hex: str, now_us: int) -> None:
        """Note that they opened what they hold: from then on the time counts that they look."""
        person, store = self._reviewer(asker)
        store.note_opened(self._held(asker, review_hex).row, person, now_us)

    def looked(self, asker: Asker, held: Held, *, zooms: int = 0, replays: int = 0) -> None:
        """Note that they looked closer at what they hold."""
        person, store = self._reviewer(asker)
        store.note_looked(held.review.row, person, zooms, replays)

    def committed(self, asker: Asker, review_hex: str) -> Committed:
        """A review in which they gave their verdict; with its case everything of it is theirs."""
        person, store = self._reviewer(asker)
        review = store.review(named_id(review_hex))
        if review is None or not any(_is_verdict_of(person, one) for one in review.events):
            raise not_found()
        whole = not store.in_unfinished_case(review.row, person)
        held = store.claimed_reviews(person)
        return Committed(review, whole, held[0].id if held else None)

    def commit(
        self,
        asker: Asker,
        review_hex: str,
        verdict: Verdict,
        spans_us: Spans,
        reason: str,
        now_us: int,
    ) -> ReviewState:
        """Give a verdict; it is final. Raises `Refusal` with what is wrong with it."""
        person, store = self._reviewer(asker)
        review = self._held(asker, review_hex)
        state = state_of(review.events, review.rules)
        if review.session_row is None or store.saw_in_full(review.session_row, person):
            raise conflict(N_("You saw this session in full; somebody else has to review it."))
        if len(spans_us) > SPANS_MAX or len(reason) > REASON_MAX_CHARS:
            raise conflict(
                N_(
                    "Name at most %(spans)s stretches, and your reason in at most"
                    " %(chars)s characters."
                ),
                spans=SPANS_MAX,
                chars=REASON_MAX_CHARS,
            )
        event = ReviewEvent(
            EventKind.COMMITTED,
            now_us,
            person,
            verdict,
            spans_us,
            reason.strip(),
            blind=must_be_blind(state, review.rules),
            heard=state.heard,
            how=next_place(state, review.how),
            selected_with=_selected_with(review, state),
        )
        event = self._drawn(store, review, state, event)
        after = move(store, review, event, self._company(store, review, state, event))
        store.audit(asker.name, "review.committed", review.id.hex())
        return after

    def _drawn(
        self,
        store: OrganisationStore,
        review: StoredReview,
        state: ReviewState,
        event: ReviewEvent,
    ) -> ReviewEvent:
        """A first verdict that clears, with the draw whether a second person looks at it too."""
        first = event.verdict is Verdict.KEEP and not state.votes and not state.head.appealed
        if not first or review.rules.control:
            return event
        ahead = store.taken_ahead(review.row, event.person or b"")
        # Whoever chose a session does not clear it alone: it might be a friend's.
        chose = ahead is not None and ahead >= OUT_OF_ORDER
        probability = 1.0 if chose else second_with(review.rules, store.second_reviews(LATELY))
        number = draw(store.review_settings().seed, "second", review.id)
        return replace(event, again=number < probability, again_with=probability)

    def _company(
        self,
        store: OrganisationStore,
        review: StoredReview,
        state: ReviewState,
        event: ReviewEvent,
    ) -> Company | None:
        """Beside a session that a first reviewer doubts: one that nobody does, if these lack."""
        first = event.verdict in ADVERSE and not state.votes and not state.head.appealed
        if not first or review.rules.control or not lacking(store.second_reviews(LATELY)):
            return None
        found = store.undoubted_sessions(UNDOUBTED_BANDS, _COMPANY_OF)
        if not found:
            return None
        number = draw(store.review_settings().seed, "company", review.id)
        row = found[int(number * len(found))]
        entry = store.session_numbered(row)
        policy = store.policy(entry.project, entry.policy_version) if entry else None
        return company(review, row, policy.review_rules) if policy else None

    def _held(self, asker: Asker, review_hex: str) -> StoredReview:
        person, store = self._reviewer(asker)
        review = store.review(named_id(review_hex))
        waits = review is not None and review.head.stage is Stage.REVIEWER
        if review is None or not waits or review.claimed_by != person:
            raise not_found(N_("You hold no such review: it may have lapsed. Take the next one."))
        return review

    def _reviewer(self, asker: Asker) -> tuple[bytes, OrganisationStore]:
        if asker.person is None or not asker.reviews:
            raise not_found()
        return asker.person, self._store.of(asker.organisation)


def seat_of(asker: Asker, person: bytes) -> Reviewer:
    """Who is offered reviews."""
    return Reviewer(person, senior=asker.role is Role.LEAD)


def _selected_with(review: StoredReview, state: ReviewState) -> float:
    """How likely a session of its kind was to come to this seat.

    That of coming to a first reviewer, times that of the second review where one was drawn for.
    """
    drawn = [one.again_with for one in review.events if one.again and one.again_with]
    if not drawn or state.head.appealed:
        return review.selected_with
    return review.selected_with * drawn[0]


def _statements(review: StoredReview) -> tuple[str, ...]:
    said = frozenset({EventKind.STATED, EventKind.APPEALED})
    return tuple(one.text for one in review.events if one.kind in said and one.text)


def _is_verdict_of(person: bytes, event: ReviewEvent) -> bool:
    return event.kind is EventKind.COMMITTED and event.person == person
