"""How reviews stand, as platforms may know it: decisions, and never who said what."""

from collections.abc import Sequence

from server.errors import not_found
from server.records import StoredReview
from server.services.asking import Asker
from server.services.naming import named_id
from server.storage.protocols import Store


class PublishedReviews:
    """Reviews of an organisation, those of control sessions left out: nobody is told of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reviews(self, asker: Asker, limit: int, before_row: int | None) -> Sequence[StoredReview]:
        """The newest first."""
        return self._store.of(asker.organisation).reviews(before_row, limit)

    def review(self, asker: Asker, review_hex: str) -> StoredReview:
        """One; raises `Refusal` if there is none of that id."""
        found = self._store.of(asker.organisation).review(named_id(review_hex))
        if found is None or found.rules.control:
            raise not_found()
        return found
