"""Thresholds tried on stored assessments: what can be said, and what is said not to be known."""

import msgspec
import pytest

from detector.reasons import Code
from server.clock import now_us
from server.scoring.assessments import Assessed, ReasonText
from server.services.policy_preview import preview, then
from tests.server.house import POLICY, House, bare_session
from tests.server.lead.scored import finding, scored
from tests.server.storages import ON_BOTH
from wire.policy import Thresholds

DAY_US = 86_400_000_000


def said(code: Code) -> ReasonText:
    return ReasonText(code.value, 0.5, "", "", "", ())


TAKEN_BACK = finding("cannot_determine", 0.6, because=said(Code.PROJECT_ASKS_MORE))
LOWERED = finding("review", 0.9, counter=(said(Code.PROJECT_ASKS_MORE_FOR_STRONG),))


@pytest.mark.parametrize(
    ("found", "review", "strong", "band"),
    [
        (finding("consistent", 0.4), 0.0, 0.0, None),
        (finding("cannot_determine", 0.99), 0.0, 0.0, None),
        (finding("review", 0.7), 0.7, 0.9, "review"),
        (finding("review", 0.7), 0.71, 0.9, None),
        (finding("strong", 0.95), 0.5, 0.95, "strong"),
        (finding("strong", 0.95), 0.5, 0.96, "review"),
        (LOWERED, 0.5, 0.8, "strong"),
        (LOWERED, 0.5, 0.95, "review"),
        (TAKEN_BACK, 0.7, 0.7, None),
        (TAKEN_BACK, 0.5, 0.7, "review"),
        (TAKEN_BACK, 0.5, 0.5, ""),
    ],
)
def test_what_thresholds_make_of_an_assessment(
    found: Assessed, review: float, strong: float, band: str | None
) -> None:
    assert then(found, Thresholds(review, strong)) == band


@ON_BOTH
def test_sessions_of_the_last_week_are_counted_and_older_ones_are_not(house: House) -> None:
    entry, now = bare_session(house), now_us()
    house.change("UPDATE sessions SET opened_us = :at", at=now - DAY_US)
    asked = msgspec.structs.replace(POLICY, thresholds=Thresholds(0.9, 0.9))
    empty = preview(house.own, entry.project, asked, now)
    assert (empty.sessions, empty.not_scored, empty.all_looked_at) == (0, 1, True)
    scored(house, entry, finding("strong", 0.8))
    seen = preview(house.own, entry.project, asked, now)
    assert (seen.sessions, seen.flagged, seen.flagged_then, seen.taken_back) == (1, 1, 0, 1)
    assert (seen.strong, seen.strong_then, seen.not_scored) == (1, 0, 0)
    assert preview(house.own, entry.project, asked, now + 7 * DAY_US).sessions == 0
    assert preview(house.own, bytes(16), asked, now).sessions == 0
