import numpy as np
import pytest

from detector.assess import assess
from detector.baseline import POPULATION_COMPOSED, Baseline, make_baseline
from detector.model import Model
from detector.reasons import Code
from detector.simulation import composing, draw_typist, transcribing
from detector.tables import Recording, no_keystrokes


def test_a_person_without_a_long_enough_session_has_no_baseline(model: Model) -> None:
    assert make_baseline(model, [no_keystrokes()]) is None


def test_a_writer_who_looks_like_a_copyist_is_moved_towards_the_population() -> None:
    baseline = Baseline(composed=0.2, copied=float("nan"), sessions=4)
    assert baseline.adjusted(0.2) < 0.2 - 0.5
    assert baseline.adjusted(0.2) > POPULATION_COMPOSED


def test_an_own_copy_stretches_the_scale_between_the_two() -> None:
    baseline = Baseline(composed=-0.6, copied=-0.2, sessions=2)
    assert baseline.adjusted(-0.2) > -0.2
    assert baseline.adjusted(-0.6) < -0.6


def test_copies_that_look_no_different_do_not_stretch_the_scale() -> None:
    same = Baseline(composed=-1.0, copied=-1.0, sessions=2)
    assert same.adjusted(-1.0) == pytest.approx(-1.0)


def test_the_assessment_says_that_a_baseline_was_used(
    rng: np.random.Generator, model: Model
) -> None:
    typist = draw_typist(rng)
    own = [composing(rng, characters=700, typist=typist).keystrokes for _ in range(2)]
    copied = [transcribing(rng, characters=700, typist=typist).keystrokes]
    baseline = make_baseline(model, own, copied)
    assert baseline is not None
    result = assess(Recording(own[0]), model, baseline=baseline)
    assert any(r.code is Code.LIKE_OWN_BASELINE for r in result.counter_evidence)
