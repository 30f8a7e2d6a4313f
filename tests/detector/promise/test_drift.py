import numpy as np
import pytest

from detector.errors import BadPromiseError
from detector.promise import Watched, find_drift, make_reference
from detector.promise.drift import MONITORED, conformal_ranks, martingales
from detector.tables import FloatArray

CALIBRATED = 300


def watched(rows: FloatArray, names: str = "w") -> list[Watched]:
    figures = [dict(zip(MONITORED, row, strict=True)) for row in rows.tolist()]
    return [Watched(f"{names}{n}", values) for n, values in enumerate(figures)]


def crowd(rng: np.random.Generator, writers: int) -> FloatArray:
    """Figures that hang together, as features of one session do."""
    shared = rng.standard_normal((writers, 1))
    return 0.6 * shared + 0.8 * rng.standard_normal((writers, len(MONITORED)))


def highest_capitals(rng: np.random.Generator, again: float) -> FloatArray:
    """The most that each of 300 watches ever owned, with nothing changed.

    ``again``: how much a new value is like that of a calibration writer, who comes again.
    """
    ranks = []
    for number in range(300):
        before = rng.standard_normal(100)
        after = np.sqrt(again) * before + np.sqrt(1 - again) * rng.standard_normal(100)
        ranks.append(conformal_ranks(np.sort(before).tolist(), after, number))
    highest: FloatArray = martingales(np.column_stack(ranks))[0].max(axis=0)
    return highest


@pytest.mark.parametrize("again", [0.0, 0.8])
def test_false_alarms_ever_are_no_more_than_stated(rng: np.random.Generator, again: float) -> None:
    highest = highest_capitals(rng, again)
    for alarm in (0.2, 0.05):
        slack = 3 * np.sqrt(alarm * (1 - alarm) / len(highest))
        assert np.mean(highest >= 1 / alarm) <= alarm + slack


def test_ranks_are_uniform_also_with_ties_and_missing_values(rng: np.random.Generator) -> None:
    values = rng.choice([-np.inf, 0.0, 1.0], 3000)
    ranks = conformal_ranks(np.sort(values[:1000]).tolist(), values[1000:], 1)
    assert np.quantile(ranks, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.04)


def test_a_shift_is_found_and_named(rng: np.random.Generator) -> None:
    reference = make_reference(watched(crowd(rng, CALIBRATED)))
    new = crowd(rng, 150)
    new[30:, list(MONITORED).index("before_sentence_excess")] += 1.5
    found = find_drift(reference, watched(new, "n"))
    assert found.fired
    assert found.words == "pauses before sentences (higher)"
    assert found.writers <= 30 + 45


def test_a_figure_that_is_no_longer_recorded_is_said_to_be(rng: np.random.Generator) -> None:
    reference = make_reference(watched(crowd(rng, CALIBRATED)))
    new = crowd(rng, 60)
    new[:, list(MONITORED).index("hold_median")] = np.nan
    found = find_drift(reference, watched(new, "n"))
    assert found.fired
    assert found.words == "how long keys are held (often not recorded)"


@pytest.mark.parametrize(("scale", "move"), [(3.0, "more"), (0.2, "less")])
def test_a_change_of_spread_alone_is_found(
    rng: np.random.Generator, scale: float, move: str
) -> None:
    reference = make_reference(watched(crowd(rng, CALIBRATED)))
    new = crowd(rng, 150)
    new[:, list(MONITORED).index("erase_share")] *= scale
    found = find_drift(reference, watched(new, "n"))
    assert found.fired
    assert found.words == f"how much is deleted ({move} spread out)"


def test_the_same_crowd_raises_no_alarm(rng: np.random.Generator) -> None:
    reference = make_reference(watched(crowd(rng, CALIBRATED)))
    assert not find_drift(reference, watched(crowd(rng, 200), "n")).fired


def test_one_writers_many_sessions_count_once(rng: np.random.Generator) -> None:
    reference = make_reference(watched(crowd(rng, CALIBRATED)))
    odd = dict.fromkeys(MONITORED, 9.0)
    found = find_drift(reference, [Watched("same", odd)] * 500)
    assert not found.fired
    assert found.writers == 1


def test_nothing_to_compare_is_refused_and_nothing_new_is_no_drift() -> None:
    with pytest.raises(BadPromiseError):
        find_drift({}, [])
    with pytest.raises(BadPromiseError):
        find_drift({"score": (0.1,)}, [], alarm=0.0)
    found = find_drift({"score": (0.1, 0.2)}, [])
    assert not found.fired
    assert found.words == "nothing"


def test_the_same_sessions_are_judged_the_same_twice(rng: np.random.Generator) -> None:
    reference = make_reference(watched(crowd(rng, 50)))
    new = watched(np.round(crowd(rng, 50)), "n")
    assert find_drift(reference, new) == find_drift(reference, new)
