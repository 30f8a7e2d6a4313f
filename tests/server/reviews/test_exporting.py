"""Decisions as files: all of them however many pieces they come in, and none of controls."""

from datetime import date

import msgspec
import pytest

from server.records import DAY_US, How, NewReview, ReviewRules, Role, Verdict
from server.reviews import exporting
from server.reviews.exporting import DecisionExport
from server.reviews.published import PublishedReviews
from server.reviews.reviewing import Reviewing
from server.services.asking import person_asking
from tests.server.house import House
from tests.server.reviews.conftest import Joining, SessionOf

REASON = "The keys of a whole paragraph are missing."
DAY = date(1970, 1, 2).toordinal()
DECIDED_US = DAY_US + 5


def test_decisions_come_in_pieces_without_controls_and_without_open_reviews(
    house: House, session_of: SessionOf, joining: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 1)
    store = house.installation.store
    plain = ReviewRules(7 * DAY_US, 14 * DAY_US)
    control = ReviewRules(7 * DAY_US, 14 * DAY_US, control=True)
    kinds = [(How.FLAG, plain), (How.CONTROL, control), (How.FLAG, plain)]
    for how, rules in kinds:
        new = NewReview(how, 1.0, 0.97, 60.0, rules)
        house.own.open_review(session_of(house.trainer).row, new, DAY_US)
    for person in (joining("One", Role.AUDITOR), joining("Two", Role.AUDITOR)):
        reviewer, reviewing = person_asking(store, person), Reviewing(store)
        while (taken := reviewing.take(reviewer, DECIDED_US)) is not None:
            spans = ((1_000_000, 2_500_000),)
            reviewing.commit(reviewer, taken.hex(), Verdict.REJECT_PAY, spans, REASON, DECIDED_US)
    house.own.open_review(
        session_of(house.trainer).row, NewReview(How.FLAG, 1.0, 0.97, 60.0, plain), DAY_US
    )
    export = DecisionExport(store, PublishedReviews(store))
    asker = person_asking(store, house.auditor)

    def decisions(first: int, last: int) -> list[dict[str, object]]:
        found = b"".join(export.json(asker, (first, last)))
        lines: list[dict[str, object]] = msgspec.json.decode(found)["decisions"]
        return lines

    assert [(one["how"], one["verdict"]) for one in decisions(DAY, DAY)] == [
        ("flag", "reject-the-pay")
    ] * 2
    assert decisions(DAY - 1, DAY - 1) == decisions(DAY + 1, DAY + 1) == []
    assert len(b"".join(export.csv(asker, (DAY - 1, DAY))).splitlines()) == 3
