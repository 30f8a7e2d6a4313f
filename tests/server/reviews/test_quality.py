"""Figures about reviews: against scikit-learn, against known rates, and from stored reviews."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from server.records import (
    DAY_US,
    EventKind,
    How,
    NewReview,
    Reviewer,
    ReviewEvent,
    ReviewRules,
    Role,
    StoredAssessment,
    Truth,
    Verdict,
)
from server.reviews.deadlines import ReviewDeadlines
from server.reviews.machine import state_of, step
from server.reviews.quality import kappa_of, measured, share
from tests.server.house import House
from tests.server.reviews.conftest import Joining, SessionOf

RULES = ReviewRules(7 * DAY_US, 14 * DAY_US)
REASON = "Nothing was typed where most of the text appeared; see minute four."
KEEP, EXCLUDE, REJECT = Verdict.KEEP, Verdict.EXCLUDE_DATA, Verdict.REJECT_PAY


def test_kappa_is_scikit_learns() -> None:
    rng = np.random.default_rng(7)
    one, other = rng.integers(0, 3, 60), rng.integers(0, 3, 60)
    weights = rng.uniform(1, 4, 60)
    table = np.zeros((1, 3, 3))
    np.add.at(table[0], (one, other), weights)
    expected = cohen_kappa_score(one, other, sample_weight=weights)
    assert kappa_of(table)[0] == pytest.approx(expected)
    alone = np.zeros((1, 3, 3))
    alone[0, 0, 0] = 5
    assert kappa_of(alone)[0] == 1


def test_a_share_has_wilsons_interval() -> None:
    """Figures of Newcombe (1998), table I: 81 of 263, and 0 of 20."""
    found, none = share(81, 263), share(0, 20)
    assert found is not None
    assert none is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)
    assert share(0, 0) is None


class Desk:
    """Reviews with given verdicts, one after the other."""

    def __init__(self, house: House, session_of: SessionOf, reviewers: Sequence[bytes]) -> None:
        self.house, self.own, self.session_of = house, house.own, session_of
        self.reviewers = reviewers

    def review(
        self,
        verdicts: Sequence[Verdict],
        how: How = How.FLAG,
        drawn: float | None = None,
        row: int | None = None,
    ) -> int:
        session = row if row is not None else self.session_of(self.house.trainer).row
        rate = 0.01 if how is How.RANDOM else 1.0
        opened = self.own.open_review(session, NewReview(how, rate, 0.9, 1.0, RULES), 0)
        assert opened is not None
        for reviewer, verdict in zip(self.reviewers, verdicts, strict=False):
            self.commit(opened, reviewer, verdict, drawn)
        return opened

    def commit(self, row: int, reviewer: bytes, verdict: Verdict, drawn: float | None) -> None:
        (taken,) = self.own.claim_reviews(
            Reviewer(reviewer, senior=True), now_us=DAY_US, until_us=2 * DAY_US, most=1
        )
        review = self.own.review_numbered(row)
        assert review is not None
        assert taken == row
        state = state_of(review.events, review.rules)
        again = drawn is not None and not state.votes and verdict is KEEP
        event = ReviewEvent(
            EventKind.COMMITTED,
            DAY_US,
            reviewer,
            verdict,
            text=REASON,
            blind=True,
            how=How.APPEAL if state.head.appealed else How.SECOND,
            again=again,
            again_with=drawn if again else None,
        )
        assert self.own.step_review(review, event, step(state, event, RULES).head, [])

    def appeal(self, row: int) -> None:
        review = self.own.review_numbered(row)
        assert review is not None
        event = ReviewEvent(EventKind.APPEALED, 2 * DAY_US, self.house.trainer.id, text="No.")
        head = step(state_of(review.events, RULES), event, RULES).head
        assert self.own.step_review(review, replace(event, at_us=0), head, [])


@pytest.fixture
def desk(house: House, session_of: SessionOf, joining: Joining) -> Desk:
    more = [joining(f"Reviewer {n}", Role.AUDITOR).id for n in range(4)]
    return Desk(house, session_of, [house.auditor.id, *more])


def test_nothing_is_said_about_nothing(house: House) -> None:
    found = measured(house.own)
    assert (found.agreement, found.kappa, found.missed, found.median_days) == (None,) * 4
    assert (found.false_flags, found.control_false_flags, found.controls) == (None, None, ())


def test_figures_come_from_blind_verdicts_and_decisions(desk: Desk) -> None:
    desk.review([REJECT, REJECT])
    desk.review([REJECT, EXCLUDE, EXCLUDE])
    desk.review([KEEP, KEEP], drawn=0.5)
    desk.review([KEEP])
    desk.review([KEEP], How.RANDOM)
    desk.review([EXCLUDE, EXCLUDE], How.RANDOM)
    overturned = desk.review([REJECT, REJECT])
    desk.appeal(overturned)
    for reviewer in desk.reviewers[2:4]:
        desk.commit(overturned, reviewer, KEEP, None)
    found = measured(desk.own)
    assert found.agreement is not None
    # Five pairs; the one that was drawn with one half stands for two.
    assert found.agreement.cases == 5
    assert found.agreement.value == pytest.approx(5 / 6)
    assert found.agreement.low <= found.agreement.value <= found.agreement.high
    assert found.kappa is not None
    assert 0 < found.kappa.value < 1
    assert found.overturned is not None
    assert (found.overturned.value, found.overturned.cases) == (1.0, 1)
    assert (found.median_days, found.missed is not None and found.missed.value) == (1.0, 0.5)
    assert found.false_flags is not None
    # Three flags were cleared, against one kept of one in a hundred: 3 of 103.
    assert found.false_flags.value == pytest.approx(3 / 103)
    assert found.false_flags.low < 3 / 103 < found.false_flags.high


def test_what_is_decided_by_silence_says_nothing_about_the_detector(desk: Desk) -> None:
    desk.review([REJECT], How.RANDOM)
    assert ReviewDeadlines(desk.house.installation.store).do_next(RULES.decide_us)
    assert measured(desk.own).missed is None


def test_reviewers_are_measured_by_what_is_known(desk: Desk) -> None:
    truths = (Truth.GENUINE, Truth.GENUINE, Truth.PASTED, Truth.RETYPED)
    said = (KEEP, REJECT, REJECT, KEEP)
    for truth, verdict in zip(truths, said, strict=True):
        row = desk.session_of(desk.house.other).row
        assert desk.own.mark_control(row, truth, "x", 1)
        desk.review([verdict], How.CONTROL, row=row)
    scored(desk.house, [("review", 1), ("consistent", 2), ("strong", 3)])
    found = measured(desk.own)
    (result,) = found.controls
    assert (result.reviewer, result.genuine, result.genuine_kept) == (desk.reviewers[0], 2, 1)
    assert (result.others, result.others_found) == (2, 1)
    assert found.control_false_flags is not None
    assert (found.control_false_flags.value, found.control_false_flags.cases) == (0.5, 2)
    assert (found.agreement, found.missed) == (None, None)


def scored(house: House, bands: Sequence[tuple[str, int]]) -> None:
    """Publish an assessment of sessions, as a scorer would."""
    for band, row in bands:
        made = StoredAssessment("m", "f", band, None, b"{}", 1)
        house.change(
            "INSERT INTO assessments (organisation, session, model_version, features_version,"
            " band, document, created_us, why) VALUES (1, :row, :m, :f, :band, :d, 1, 'closed')",
            row=row,
            m=made.model_version,
            f=made.features_version,
            band=band,
            d=made.document,
        )
        house.change(
            "INSERT INTO facts (organisation, session, document, assessment)"
            " SELECT 1, :row, :d, max(row) FROM assessments",
            row=row,
            d=b"{}",
        )
