"""Decisions of reviews as lines, for the platform's own records: never who said what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter

from server.clock import iso_utc
from server.exported import as_csv, as_json
from server.records import DAY_US, Decision, How, StoredReview, Verdict
from server.reviews.published import PublishedReviews
from server.services.asking import Asker
from server.storage.protocols import Store

_AT_ONCE = 1_000
_US = 1_000_000
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What was decided in one review; an appeal's decision takes the place of the one before."""

    review: str
    session: str | None
    """Null once its person was erased."""
    how: How
    opened_at: str
    decided_at: str
    verdict: Verdict
    stretches: str
    """Seconds from clock-in, like `1.0-2.5 60.0-90.0`; empty: the whole session."""
    by_silence: bool
    appealed: bool


COLUMNS = tuple(field.name for field in fields(DecisionLine))
"""Of the CSV, in the order of the fields."""
_cells_of = attrgetter(*COLUMNS)


class DecisionExport:
    """Decisions of some days."""

    def __init__(self, store: Store, published: PublishedReviews) -> None:
        self._store = store
        self._published = published

    def csv(self, asker: Asker, days: tuple[int, int]) -> Iterator[bytes]:
        """All decisions as CSV, a header first; the export is in the audit log."""
        self._audit(asker, days)
        lines = self._lines(asker, days)
        return as_csv(COLUMNS, ([_cells_of(line) for line in piece] for piece in lines))

    def json(self, asker: Asker, days: tuple[int, int]) -> Iterator[bytes]:
        """All decisions as one JSON document, `{"decisions": [...]}`."""
        self._audit(asker, days)
        return as_json("decisions", self._lines(asker, days))

    def _lines(self, asker: Asker, days: tuple[int, int]) -> Iterator[Sequence[DecisionLine]]:
        first_us, end_us = (days[0] - _EPOCH) * DAY_US, (days[1] + 1 - _EPOCH) * DAY_US
        before: int | None = None
        while reviews := self._published.reviews(asker, _AT_ONCE, before):
            yield [
                _line(review, decision)
                for review in reviews
                if (decision := review.head.decision) and first_us <= decision.decided_us < end_us
            ]
            before = reviews[-1].row

    def _audit(self, asker: Asker, days: tuple[int, int]) -> None:
        first, last = (date.fromordinal(day).isoformat() for day in days)
        own = self._store.of(asker.organisation)
        own.audit(asker.name, "decisions.exported", f"{first}/{last}")


def _line(review: StoredReview, decision: Decision) -> DecisionLine:
    return DecisionLine(
        review=review.id.hex(),
        session=review.session.hex() if review.session else None,
        how=review.how,
        opened_at=iso_utc(review.opened_us),
        decided_at=iso_utc(decision.decided_us),
        verdict=decision.verdict,
        stretches=" ".join(f"{start / _US}-{end / _US}" for start, end in decision.spans_us),
        by_silence=decision.by_silence,
        appealed=review.head.appealed,
    )
