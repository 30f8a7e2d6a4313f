"""A project's thresholds take flags back and never add one."""

from itertools import product

import numpy as np
import pytest

from detector.asked import as_asked
from detector.assess import assess
from detector.assessment import Assessment, Band, Kinds
from detector.model import Model
from detector.reasons import Code
from detector.simulation import composing, draw_text, draw_typist, robot_a4
from detector.tables import Recording
from wire.policy import Policy, Thresholds

STRENGTHS = (0.0, 0.3, 0.8, 0.97, 1.0)
ORDER = (Band.STRONG, Band.REVIEW)


def made(band: Band, score: float) -> Assessment:
    kinds = Kinds(1 - score, score, 0.0, 0.0)
    return Assessment(band, score, kinds, 1.0, (), (), (), None, "m", "f")


@pytest.mark.parametrize("band", list(Band))
@pytest.mark.parametrize("score", [0.0, 0.5, 0.9, 0.99, 1.0])
def test_no_thresholds_add_a_flag_or_strengthen_one(band: Band, score: float) -> None:
    before = made(band, score)
    for review, strong in product(STRENGTHS, STRENGTHS):
        if strong < review:
            continue
        after = as_asked(before, Thresholds(review, strong))
        if not before.flagged:
            assert after == before
        elif after.flagged:
            assert ORDER.index(after.band) >= ORDER.index(before.band)
        else:
            assert after.band is Band.CANNOT_DETERMINE
        assert after.score == before.score
        assert after.past_shipped_threshold == before.past_shipped_threshold


def test_evidence_below_the_projects_bound_is_shown_and_flags_nobody() -> None:
    found = as_asked(made(Band.STRONG, 0.9), Thresholds(0.95, 0.95))
    assert found.band is Band.CANNOT_DETERMINE
    assert found.abstained_because is not None
    assert found.abstained_because.code is Code.PROJECT_ASKS_MORE
    assert "0.90" in found.abstained_because.sentence


def test_evidence_that_is_not_strong_enough_for_the_project_is_one_to_review() -> None:
    found = as_asked(made(Band.STRONG, 0.9), Thresholds(0.5, 0.95))
    assert found.band is Band.REVIEW
    assert [reason.code for reason in found.counter_evidence] == [Code.PROJECT_ASKS_MORE_FOR_STRONG]
    assert "0.95" in found.counter_evidence[0].sentence


@pytest.fixture
def sessions(rng: np.random.Generator) -> list[Recording]:
    typist = draw_typist(rng, motor_median_ms=130, longest_pause_s=10)
    sessions = (
        robot_a4(rng, draw_text(rng, 600)),
        composing(rng, characters=600, typist=typist),
    )
    return [session.recording(effects_seen=False) for session in sessions]


def test_the_policy_of_a_session_decides(sessions: list[Recording], model: Model) -> None:
    nothing = Policy(1, (), thresholds=Thresholds(1.0, 1.0))
    robot, person = (
        [assess(each, model, p) for p in (Policy(1, ()), nothing)] for each in sessions
    )
    assert robot[0].flagged
    assert not robot[1].flagged
    assert robot[1].abstained_because is not None
    assert robot[1].abstained_because.code is Code.PROJECT_ASKS_MORE
    assert robot[1].reasons == robot[0].reasons
    assert person[0] == person[1]
