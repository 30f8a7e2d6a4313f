"""Reviews, as another organisation would ask for them."""

from collections.abc import Callable, Mapping
from typing import Protocol

from server.records import (
    EventKind,
    How,
    NewReview,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    SessionEntry,
    Stage,
    StoredReview,
)
from server.storage.protocols import OrganisationStore


class Named(Protocol):
    """What can be named of the first organisation."""

    @property
    def entry(self) -> SessionEntry:
        """A session."""


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
    "open_review": lambda s, x: s.open_review(x.entry.row, _NEW, 1),
    "review": lambda s, _: s.review(bytes(16)),
    "review_numbered": lambda s, _: s.review_numbered(FIRST_REVIEW),
    "standing": lambda s, x: s.standing(x.entry.row).decision,
    "step_review": lambda s, x: s.step_review(
        _review(x.entry), ReviewEvent(EventKind.CLOSED, 2), ReviewHead(Stage.CLOSED, None), []
    ),
}
