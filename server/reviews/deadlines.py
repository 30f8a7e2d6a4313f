"""Deadlines of reviews, run by the clock: notices before them, and what silence means after."""

import logging

from server.errors import Refusal
from server.records import DAY_US, EventKind, ReviewEvent, Stage
from server.reviews.moving import move
from server.storage.protocols import OrganisationStore, Store

NOTICE_US = 2 * DAY_US
"""So long before a deadline its people are told."""
_AT_ONCE = 100
_log = logging.getLogger(__name__)


class ReviewDeadlines:
    """See `server.errands.errand.Errand`.

    Each deadline is ended by one conditional write: any number of nodes may run this.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def do_next(self, now_us: int) -> bool:
        """End what has lapsed and tell of what will soon; whether anything was done."""
        done = [self._of(self._store.of(each.id), now_us) for each in self._store.organisations()]
        return any(done)

    def _of(self, store: OrganisationStore, now_us: int) -> bool:
        told = store.note_near_deadlines(NOTICE_US, now_us, _AT_ONCE)
        lapsed = [
            self._lapse(store, row, now_us) for row in store.overdue_reviews(now_us, _AT_ONCE)
        ]
        return told > 0 or any(lapsed)

    def _lapse(self, store: OrganisationStore, row: int, now_us: int) -> bool:
        review = store.review_numbered(row)
        if review is None:
            return False
        try:
            after = move(store, review, ReviewEvent(EventKind.LAPSED, now_us))
        except Refusal:
            # Another node ended it, or somebody spoke, in between.
            return False
        if after.head.stage is Stage.DECIDED and review.session_row is not None:
            store.note_unreviewed(review.session_row, now_us)
        return True
