import numpy as np

from detector.baseline import EnrolmentDoubt, Reference, enrol_with_sample
from detector.baseline.sample import typed_keys
from detector.model import Model
from detector.simulation import composing, draw_typist, transcribing
from detector.tables import MISSING, Keystrokes
from wire.baseline import TypedKeys, TypingSample
from wire.events import MISSING_U32


def as_typed(table: Keystrokes) -> TypedKeys:
    gaps = np.diff(table.t_us, prepend=table.t_us[:1]).clip(max=9_999_999)
    holds = np.where(table.hold_us == MISSING, MISSING_U32, table.hold_us)
    return TypedKeys(tuple(gaps.tolist()), tuple(holds.tolist()), tuple(table.key.tolist()))


def test_times_start_at_zero_and_a_missing_release_is_missing() -> None:
    table = typed_keys(TypedKeys((0, 100_000, 50_000), (80_000, MISSING_U32, 1), (0, 3, 0)))
    assert table.t_us.tolist() == [0, 100_000, 150_000]
    assert table.hold_us.tolist() == [80_000, MISSING, 1]
    assert table.key.tolist() == [0, 3, 0]
    assert len(typed_keys(TypedKeys((), (), ()))) == 0


def test_both_texts_of_a_sample_enrol(enrolling_model: Model) -> None:
    for seed in range(10):
        typist = draw_typist(np.random.default_rng(seed))
        free = composing(typist.rng, characters=450, typist=typist).keystrokes
        copied = transcribing(typist.rng, characters=300, typist=typist).keystrokes
        sample = TypingSample(2, 5, as_typed(copied), as_typed(free))
        found = enrol_with_sample(enrolling_model, sample)
        if found.baseline is not None:
            assert found.baseline.reference is Reference.ENROLMENT
            assert found.baseline.sessions == 2
            return
    raise AssertionError("no simulated typist in ten could be enrolled")


def test_a_sample_of_a_few_keys_is_too_short(enrolling_model: Model) -> None:
    keys = TypedKeys((0, 9), (80_000, 80_000), (0, 3))
    found = enrol_with_sample(enrolling_model, TypingSample(2, 5, keys, keys))
    assert found.doubt is EnrolmentDoubt.TOO_SHORT
