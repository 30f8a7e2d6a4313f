"""What trainers do: see what is reviewed of theirs, say what they have to say, appeal."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.errors import not_found
from server.language import N_
from server.records import EventKind, ReviewEvent, StoredReview
from server.reviews.card import Card
from server.reviews.machine import (
    STATEMENT_MAX_CHARS,
    STATEMENTS_MAX,
    ReviewState,
    overdue,
    state_of,
)
from server.reviews.moving import conflict, move
from server.services.asking import Asker
from server.services.naming import named_id
from server.storage.protocols import OrganisationStore, Store
from wire.decoding import decoder_of

_STATEMENT_MIN_CHARS = 1


@dataclass(frozen=True, slots=True)
class Own:
    """A review of one's own session, and what can be done about it."""

    review: StoredReview
    state: ReviewState
    may_state: bool
    may_appeal: bool
    card: Card | None
    """What reviewers see of it first; None: none was made."""


class Answering:
    """The trainers' side of reviews."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mine(self, asker: Asker) -> Sequence[StoredReview]:
        """Reviews of one's own sessions, newest first."""
        person, store = self._asker(asker)
        return store.reviews_of(person)

    def one(self, asker: Asker, review_hex: str, now_us: int) -> Own:
        """One of them."""
        review = self._own(asker, review_hex)
        state = state_of(review.events, review.rules)
        due_us = state.head.due_us
        return Own(
            review,
            state,
            may_state=state.open
            and not overdue(state, now_us)
            and state.statements < STATEMENTS_MAX,
            may_appeal=state.appealable and due_us is not None and now_us < due_us,
            card=self._card(asker, review),
        )

    def _card(self, asker: Asker, review: StoredReview) -> Card | None:
        _, store = self._asker(asker)
        stored = store.card(review.session_row) if review.session_row is not None else None
        return decoder_of(Card).decode(stored) if stored is not None else None

    def state(self, asker: Asker, review_hex: str, text: str, now_us: int) -> ReviewState:
        """Say something about a session under review; raises `Refusal` if it is too late."""
        return self._say(EventKind.STATED, asker, review_hex, text, now_us)

    def appeal(self, asker: Asker, review_hex: str, text: str, now_us: int) -> ReviewState:
        """Have people who had no part in it decide anew; raises `Refusal` if it is too late."""
        return self._say(EventKind.APPEALED, asker, review_hex, text, now_us)

    def _say(
        self, kind: EventKind, asker: Asker, review_hex: str, text: str, now_us: int
    ) -> ReviewState:
        person, store = self._asker(asker)
        review = self._own(asker, review_hex)
        said = text.strip()
        if not _STATEMENT_MIN_CHARS <= len(said) <= STATEMENT_MAX_CHARS:
            raise conflict(
                N_("Write something, in at most %(most)s characters."), most=STATEMENT_MAX_CHARS
            )
        after = move(store, review, ReviewEvent(kind, now_us, person, text=said))
        store.audit(asker.name, f"review.{kind.value}", review.id.hex())
        return after

    def _own(self, asker: Asker, review_hex: str) -> StoredReview:
        person, store = self._asker(asker)
        review = store.review(named_id(review_hex))
        if review is None or review.trainer != person or review.rules.control:
            raise not_found()
        return review

    def _asker(self, asker: Asker) -> tuple[bytes, OrganisationStore]:
        if asker.person is None:
            raise not_found()
        return asker.person, self._store.of(asker.organisation)
