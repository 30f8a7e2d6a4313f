import numpy as np

from detector.model import load_model
from detector.simulation import composing
from detector.training.attacks import FAMILIES, attack_figures, make_attacks
from detector.training.examples import Essay


def _essays(count: int) -> list[Essay]:
    rng = np.random.default_rng(8)
    sessions = [composing(rng, characters=500) for _ in range(count)]
    return [Essay(f"w{n}", s.keystrokes, s.text_class) for n, s in enumerate(sessions)]


def test_each_family_attacks_once_an_essay_with_and_without_releases() -> None:
    attacks = make_attacks(_essays(3))
    assert sorted(set(attacks.family.tolist())) == sorted(FAMILIES)
    assert len(attacks.family) == 3 * len(FAMILIES)
    assert set(attacks.holds_seen.tolist()) == {True, False}


def test_figures_name_the_worst_family_and_break_each_down_by_length() -> None:
    figures = attack_figures(load_model(), _essays(3))
    families = figures["families"]
    assert isinstance(families, dict)
    assert set(families) == set(FAMILIES)
    assert set(families["a4"]["by_length"]) == {
        "under_150",
        "150_to_500",
        "500_to_1500",
        "over_1500",
    }
    worst = figures["worst_over_150_keys"]
    assert isinstance(worst, dict)
    assert set(worst) <= set(FAMILIES)
