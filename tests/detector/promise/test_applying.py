from dataclasses import replace

import numpy as np
import pytest

from detector.assess import assess
from detector.assessment import Assessment, Band
from detector.features.vector import FEATURES_VERSION
from detector.model import Model
from detector.promise import Drift, PlatformPromise, Promise, Promised, Rests, ValidFor
from detector.promise.applying import (
    flag_order,
    flagging_score,
    threshold_in_words,
    under_promise,
)
from detector.reasons import Code
from detector.simulation import composing, draw_text, robot_a4
from detector.tables import Recording


def promised(model: Model, threshold: float) -> PlatformPromise:
    valid = ValidFor(model.version, FEATURES_VERSION)
    kind = Promised.SESSION
    return PlatformPromise(Promise(kind, 0.01, 0.95, threshold, 300, 300, 0, 0, valid))


@pytest.fixture
def robot(rng: np.random.Generator) -> Recording:
    return Recording(robot_a4(rng, draw_text(rng, 700)).keystrokes)


@pytest.fixture
def flagged(robot: Recording, model: Model) -> Assessment:
    found = assess(robot, model)
    assert found.flagged
    return found


def test_without_a_promise_the_shipped_figures_stand_behind_the_band(flagged: Assessment) -> None:
    assert flagged.promise.rests is Rests.SHIPPED
    assert flagged.to_json()["promise"]["basis"] == "shipped_figures"
    assert "No promise was made for this platform" in flagged.promise.sentence


def test_a_flag_past_the_promised_threshold_stays(
    robot: Recording, model: Model, flagged: Assessment
) -> None:
    found = assess(robot, model, promise=promised(model, flagging_score(flagged) - 1e-6))
    assert found.band == flagged.band
    assert found.promise.rests is Rests.PLATFORM


def test_a_flag_within_the_promised_error_becomes_cannot_determine(
    robot: Recording, model: Model, flagged: Assessment
) -> None:
    found = assess(robot, model, promise=promised(model, flagging_score(flagged)))
    assert found.band is Band.CANNOT_DETERMINE
    assert found.abstained_because is not None
    assert found.abstained_because.code is Code.WITHIN_PROMISED_ERROR
    assert found.reasons == flagged.reasons
    assert found.score == flagged.score
    assert flagging_score(found) == 0.0 < flagging_score(flagged)


def test_pastes_of_genuine_writers_take_no_flag_for_typing_back(flagged: Assessment) -> None:
    """A paste of any length comes before any typing past the shipped thresholds is given up."""
    assert flag_order(1.0, 0.0, ["inserted_unknown_source"]) == 0.5
    assert flag_order(0.6, 0.0, ["inserted_unknown_source"]) == 0.3
    assert flagging_score(flagged) > 0.5
    both = flag_order(0.9, 0.08, ["inserted_from_nowhere", "synthetic_rhythm"])
    assert both == pytest.approx(0.9)
    assert flag_order(1.0, 0.0, ["synthetic_rhythm"]) == 1.0


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (0.0, "those of the shipped thresholds"),
        (0.45, "insertions past a strength of 0.9000"),
        (0.9, "typing is flagged past 0.8000, insertions not at all"),
        (1.0, "nothing is flagged"),
    ],
)
def test_a_threshold_is_said_in_words(threshold: float, words: str) -> None:
    assert words in threshold_in_words(threshold)


def test_a_promise_never_adds_a_flag(rng: np.random.Generator, model: Model) -> None:
    genuine = Recording(composing(rng, characters=900).keystrokes)
    plain = assess(genuine, model)
    assert plain.band is Band.CONSISTENT
    found = assess(genuine, model, promise=promised(model, 0.0))
    assert found == replace(plain, promise=found.promise)


def test_a_promise_for_another_model_changes_no_band(
    robot: Recording, model: Model, flagged: Assessment
) -> None:
    other = promised(replace(model, version="another"), 1.0)
    found = assess(robot, model, promise=other)
    assert found.band == flagged.band
    assert found.promise.rests is Rests.NONE


def test_evidence_that_calibration_had_not_is_not_promised_for(
    model: Model, flagged: Assessment
) -> None:
    plain = promised(model, 0.0)
    assert under_promise(flagged, plain).promise.rests is Rests.PLATFORM
    for found, gallery, words in (
        (flagged, True, "a gallery of recorded timing"),
        (replace(flagged, reference="own_sessions"), False, "the typists' own baselines"),
    ):
        basis = under_promise(found, plain, gallery).promise
        assert basis.rests is Rests.NONE
        assert words in basis.sentence


def test_a_withdrawn_promise_still_holds_flags_back_and_says_so(
    robot: Recording, model: Model
) -> None:
    gone = promised(model, 1.0).after(Drift(True, "score", "higher", 2e3, 1e3, 30))
    found = assess(robot, model, promise=gone)
    assert found.band is Band.CANNOT_DETERMINE
    assert found.promise.rests is Rests.WITHDRAWN
    assert "withdrawn" in found.promise.sentence
