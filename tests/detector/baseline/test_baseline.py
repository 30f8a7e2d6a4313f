from dataclasses import replace

import numpy as np
import pytest

from detector.assess import Case, assess_all
from detector.baseline import Baseline, EnrolmentDoubt, Reference, enrol
from detector.baseline.population import within_person
from detector.baseline.reference import MOST_LOWERED, MOST_RAISED
from detector.errors import BadModelError
from detector.features.stream import text_stream
from detector.features.vector import FEATURE_NAMES, stream_vector
from detector.model import Model, model_from_bytes
from detector.reasons import Code
from detector.simulation import composing, draw_typist, transcribing
from detector.simulation.typist import Typist
from detector.tables import FloatArray, Keystrokes, Recording, no_keystrokes
from detector.training.enrolment import drilled


def typed(typist: Typist, *, copied: bool, characters: int = 900) -> Keystrokes:
    act = transcribing if copied else composing
    return act(typist.rng, characters=characters, typist=typist).keystrokes


def vector(table: Keystrokes) -> tuple[FloatArray, int]:
    stream = text_stream(table)
    return stream_vector(stream), len(stream)


def baseline_of(model: Model, free: list[Keystrokes], copied: list[Keystrokes]) -> Baseline:
    made = enrol(model, free, copied).baseline
    assert made is not None
    return made


def enrolled_typist(model: Model) -> tuple[Typist, Baseline]:
    for seed in range(10):
        typist = draw_typist(np.random.default_rng(seed))
        found = enrol(model, [typed(typist, copied=False)], [typed(typist, copied=True)])
        if found.baseline is not None:
            return typist, found.baseline
    raise AssertionError("no simulated typist in ten could be enrolled")


def test_without_a_long_enough_sample_there_is_no_baseline(enrolling_model: Model) -> None:
    short = no_keystrokes()
    assert enrol(enrolling_model, [short], [short]).doubt is EnrolmentDoubt.TOO_SHORT
    assert enrol(enrolling_model, []).baseline is None


def test_a_model_without_the_part_makes_no_baseline(model: Model) -> None:
    bare = replace(model, within_person=None)
    assert enrol(bare, [no_keystrokes()]).doubt is EnrolmentDoubt.MODEL_HAS_NONE


def test_own_copies_come_out_above_own_writing(enrolling_model: Model) -> None:
    apart = []
    for seed in range(5):
        typist = draw_typist(np.random.default_rng(seed))
        found = enrol(enrolling_model, [typed(typist, copied=False)], [typed(typist, copied=True)])
        if found.baseline is None:
            continue
        values = [
            found.baseline.adjusted(0.0, *vector(typed(typist, copied=copied)))
            for copied in (False, True)
        ]
        apart.append(values[1] - values[0])
    assert len(apart) >= 3
    assert min(apart) > 0
    assert np.median(apart) > 0.4


def test_either_part_alone_makes_a_weaker_baseline(enrolling_model: Model) -> None:
    typist, whole = enrolled_typist(enrolling_model)
    free_only = baseline_of(enrolling_model, [typed(typist, copied=False)], [])
    copy_only = baseline_of(enrolling_model, [], [typed(typist, copied=True)])
    assert 0 < free_only.weight < whole.weight < 1
    assert 0 < copy_only.weight < whole.weight


def test_a_longer_sample_weighs_more(enrolling_model: Model) -> None:
    typist, _ = enrolled_typist(enrolling_model)
    table = typed(typist, copied=True, characters=1_500)
    short = baseline_of(enrolling_model, [], [table.rows(0, 200)])
    assert short.weight < baseline_of(enrolling_model, [], [table]).weight


@pytest.mark.parametrize("logit", [-30.0, -1.0, 0.5, 30.0])
def test_a_baseline_moves_the_evidence_by_no_more_than_its_bounds(
    enrolling_model: Model, logit: float
) -> None:
    typist, baseline = enrolled_typist(enrolling_model)
    step = float(np.diff(baseline.people.model_scale)[0])
    for copied in (False, True):
        change = baseline.adjusted(logit, *vector(typed(typist, copied=copied))) - logit
        assert -MOST_LOWERED * step - 1e-9 <= change <= MOST_RAISED * step + 1e-9


def test_a_drilled_copy_task_takes_nothing_from_the_evidence(enrolling_model: Model) -> None:
    typist, _ = enrolled_typist(enrolling_model)
    free, copied = typed(typist, copied=False), typed(typist, copied=True)
    odd = baseline_of(enrolling_model, [free], [drilled(copied)])
    plain = baseline_of(enrolling_model, [free], [])
    seen = odd.people.standard(np.zeros(len(odd.people.centre)))
    for keys in (200, 500, 5_000):
        assert odd.own(keys, seen) >= plain.own(keys, seen)


def test_a_sample_of_swapped_tasks_is_not_used(enrolling_model: Model) -> None:
    for seed in range(3):
        typist = draw_typist(np.random.default_rng(seed))
        free, copied = typed(typist, copied=False), drilled(typed(typist, copied=True))
        found = enrol(enrolling_model, [copied], [free])
        assert found.baseline is None
        assert found.doubt in (EnrolmentDoubt.NOT_APART, EnrolmentDoubt.FREE_LOOKS_COPIED)


def test_two_equal_parts_are_not_apart(enrolling_model: Model) -> None:
    typist, _ = enrolled_typist(enrolling_model)
    copied = typed(typist, copied=True)
    assert enrol(enrolling_model, [copied], [copied]).doubt in (
        EnrolmentDoubt.NOT_APART,
        EnrolmentDoubt.FREE_LOOKS_COPIED,
    )


def test_free_writing_that_looks_copied_is_not_used(enrolling_model: Model) -> None:
    doubts = set()
    for seed in range(4):
        typist = draw_typist(np.random.default_rng(seed))
        copies = [drilled(typed(typist, copied=True)) for _ in range(2)]
        doubts.add(enrol(enrolling_model, copies[:1], copies[1:]).doubt)
    assert None not in doubts
    assert EnrolmentDoubt.FREE_LOOKS_COPIED in doubts


def test_features_that_are_missing_say_nothing(enrolling_model: Model) -> None:
    _, baseline = enrolled_typist(enrolling_model)
    nothing = np.full(len(baseline.people.centre), np.nan)
    noise = baseline.people.noise_of(500)
    assert baseline.level.evidence(noise, nothing) == 0.0
    assert np.isfinite(baseline.adjusted(0.0, np.full(len(FEATURE_NAMES), np.nan), 500))


def test_the_assessment_says_what_the_session_was_compared_with(enrolling_model: Model) -> None:
    typist, baseline = enrolled_typist(enrolling_model)
    recording = Recording(typed(typist, copied=False))
    earlier = replace(baseline, reference=Reference.EARLIER_SESSIONS)
    cases = [
        Case(recording, baseline=baseline),
        Case(recording, baseline=earlier),
        Case(recording, doubt=EnrolmentDoubt.NOT_APART),
        Case(recording),
        Case(Recording(no_keystrokes()), baseline=baseline),
    ]
    found = assess_all(cases, enrolling_model)
    assert [str(one.reference) for one in found] == [
        "enrolment",
        "earlier_sessions",
        "population",
        "population",
        "population",
    ]
    said = [
        Code.COMPARED_WITH_ENROLMENT,
        Code.LIKE_OWN_BASELINE,
        Code.ENROLMENT_NOT_USED,
    ]
    for one, code in zip(found, said, strict=False):
        assert [r.code for r in one.counter_evidence if r.code in said] == [code]
    assert not {r.code for r in found[3].counter_evidence} & set(said)


def test_the_models_file_keeps_the_part_for_baselines(enrolling_model: Model) -> None:
    kept = model_from_bytes(enrolling_model.to_bytes()).within_person
    assert kept is not None
    before = within_person(enrolling_model.within_person or {})
    assert np.array_equal(within_person(kept).noise, before.noise)
    with pytest.raises(BadModelError):
        within_person({**kept, "noise": np.zeros((2, 2))})
