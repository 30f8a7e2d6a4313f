"""Reviews, as another organisation would ask for them."""

from collections.abc import Callable, Mapping
from typing import Protocol

from server.records import (
    EVERYBODY,
    Company,
    EventKind,
    How,
    NewReview,
    OpenFilter,
    PayWaits,
    Reviewer,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    SessionEntry,
    Stage,
    StoredCard,
    StoredReview,
    Truth,
    Wanted,
)
from server.storage.protocols import OrganisationStore


class Named(Protocol):
    """What can be named of the first organisation."""

    @property
    def entry(self) -> SessionEntry:
        """A session."""

    @property
    def person(self) -> bytes:
        """A person."""


def _seat(first: Named) -> Reviewer:
    return Reviewer(first.person, senior=True)


_NEW = NewReview(How.FLAG, 1.0, 0.9, 1.0, ReviewRules(1, 1))
FIRST_REVIEW = 1
"""Its number: storage counts from one."""


def furnish(own: OrganisationStore, entry: SessionEntry) -> None:
    """Give the first organisation a review."""
    assert own.open_review(entry.row, _NEW, 1) == FIRST_REVIEW


def _review(entry: SessionEntry) -> StoredReview:
    return StoredReview(
        row=FIRST_REVIEW,
        id=bytes(16),
        session_row=entry.row,
        session=entry.id,
        trainer=entry.person,
        how=How.FLAG,
        selected_with=1.0,
        probability=0.9,
        stake=1.0,
        rules=_NEW.rules,
        opened_us=1,
        head=ReviewHead(Stage.REVIEWER, 2),
        claimed_by=None,
        claimed_until_us=0,
        events=(ReviewEvent(EventKind.OPENED, 1),),
    )


CASES: Mapping[str, Callable[[OrganisationStore, Named], object]] = {
    "cases": lambda s, x: s.cases(_seat(x), Wanted(), 2, 9, 0),
    "claim_reviews": lambda s, x: s.claim_reviews(_seat(x), now_us=2, until_us=9),
    "claimed_reviews": lambda s, x: s.claimed_reviews(x.person),
    "done_since": lambda s, x: s.done_since(x.person, 0),
    "in_unfinished_case": lambda s, x: s.in_unfinished_case(FIRST_REVIEW, x.person),
    "judged": lambda s, _: s.judged(0),
    "note_looked": lambda s, x: s.note_looked(FIRST_REVIEW, x.person, 1, 1),
    "note_opened": lambda s, x: s.note_opened(FIRST_REVIEW, x.person, 2),
    "open_people": lambda s, _: s.open_people(EVERYBODY),
    "open_reviews": lambda s, _: s.open_reviews(EVERYBODY, OpenFilter(), 9, 0),
    "taken_ahead": lambda s, x: s.taken_ahead(FIRST_REVIEW, x.person),
    "unreviewed": lambda s, _: s.unreviewed(0),
    "close_reviews_of": lambda s, x: s.close_reviews_of(x.person, 2),
    "committed_reviews": lambda s, _: s.committed_reviews(0, 9),
    "control_sessions": lambda s, _: s.control_sessions(),
    "forget_reviews_of": lambda s, x: s.forget_reviews_of(x.person, 2),
    "given_back_since": lambda s, x: s.given_back_since(x.person, 0),
    "mark_control": lambda s, x: s.mark_control(x.entry.row, Truth.PASTED, "x", 2),
    "note_near_deadlines": lambda s, _: s.note_near_deadlines(1 << 60, 0, 9),
    "note_seen": lambda s, x: s.note_seen(x.entry.row, x.person, 2),
    "open_review": lambda s, x: s.open_review(x.entry.row, _NEW, 1),
    "review": lambda s, _: s.review(bytes(16)),
    "review_numbered": lambda s, _: s.review_numbered(FIRST_REVIEW),
    "overdue_reviews": lambda s, _: s.overdue_reviews(1 << 60, 9),
    "release_review": lambda s, x: s.release_review(FIRST_REVIEW, x.person, 2),
    "reviews": lambda s, _: s.reviews(None, 9),
    "reviews_by": lambda s, x: s.reviews_by(x.person, 9),
    "reviews_of": lambda s, x: s.reviews_of(x.person),
    "saw_in_full": lambda s, x: s.saw_in_full(x.entry.row, x.person),
    "second_reviews": lambda s, _: s.second_reviews(9).all,
    "standing": lambda s, x: s.standing(x.entry.row).decision,
    "step_review": lambda s, x: s.step_review(
        _review(x.entry),
        ReviewEvent(EventKind.CLOSED, 2),
        ReviewHead(Stage.CLOSED, None),
        [],
        PayWaits(((0, 1),), 2),
        Company(x.entry.row, _NEW),
    ),
    "card": lambda s, x: s.card(x.entry.row),
    "put_card": lambda s, x: s.put_card(x.entry.row, StoredCard(b"{}", 1)),
    "note_unreviewed": lambda s, x: s.note_unreviewed(x.entry.row, 2),
    "undoubted_sessions": lambda s, _: s.undoubted_sessions(["consistent"], 9),
    "waiting_reviews": lambda s, _: s.waiting_reviews(2),
    "upheld_sessions": lambda s, x: s.upheld_sessions(x.person, 1 << 60, 9),
}

OWN: Mapping[str, Callable[[OrganisationStore, Named], object]] = {
    "review_settings": lambda s, _: s.review_settings(),
    "set_control_share": lambda s, _: s.set_control_share(0.5),
}
