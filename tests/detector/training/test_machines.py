import numpy as np
import pytest

from detector.features.plain import Place
from detector.features.stream import text_stream
from detector.simulation import Holds, composing, draw_text, transcribing
from detector.tables import Keystrokes, keystrokes
from detector.training.augment import augmented
from detector.training.broken_hands import HOLD_BREAKS, INTERVAL_BREAKS, broken_hands
from detector.training.generic_robots import draw_make, generic_robot
from detector.training.machine_holds import HOLD_MODELS
from detector.training.machines import machine_variants
from detector.training.typing_plan import Slips, plan_of
from wire.keys import KeyClass


def _typed(table: Keystrokes) -> int:
    erased = np.count_nonzero(table.key == KeyClass.BACKSPACE)
    return len(table) - 2 * int(erased)


def test_a_plan_types_the_text_and_erases_every_slip(rng: np.random.Generator) -> None:
    text = draw_text(rng, 600)
    plan = plan_of(rng, text, Slips(rate=0.1, latest=4, rewrites=0.0, changes=0))
    table = plan.table(np.full(len(plan), 100.0), np.full(len(plan), 60.0))
    assert np.any(table.key == KeyClass.BACKSPACE)
    assert _typed(table) == len(text)
    assert table.cursor[-1] == len(text)


def test_rewritten_words_may_change_their_length(rng: np.random.Generator) -> None:
    text = draw_text(rng, 900)
    plan = plan_of(rng, text, Slips(rate=0.1, latest=0, rewrites=1.0, changes=4))
    assert _typed(plan.table(np.full(len(plan), 100.0), np.full(len(plan), 60.0))) != len(text)


def test_machines_of_every_hold_model_are_sound(rng: np.random.Generator) -> None:
    text = draw_text(rng, 300)
    models = set()
    for _ in range(60):
        make = draw_make(rng)
        table = generic_robot(rng, text, holds=Holds.HUMAN, make=make)
        models.add(make.hold_model)
        assert len(table) >= len(text)
        assert np.all(table.hold_us >= 8_000)
        assert f"hold:{make.hold_model}" in make.components
    assert len(models) > len(HOLD_MODELS) / 2


@pytest.mark.parametrize("interval_break", INTERVAL_BREAKS)
@pytest.mark.parametrize("hold_break", HOLD_BREAKS)
def test_broken_hands_type_the_same_keys(interval_break: str, hold_break: str) -> None:
    victim = composing(np.random.default_rng(3), characters=200).keystrokes
    broken = broken_hands(np.random.default_rng(4), victim, interval_break, hold_break)
    assert broken.key.tolist() == text_stream(victim).key.tolist()
    same = np.array_equal(np.diff(broken.t_us), np.diff(text_stream(victim).t_us))
    assert same == (interval_break == "kept")


def test_shuffling_by_place_keeps_the_histogram_of_each_place(rng: np.random.Generator) -> None:
    victim = transcribing(rng, characters=500).keystrokes
    broken = text_stream(broken_hands(rng, victim, "shuffled_by_place", "kept"))
    kept = text_stream(victim).interval_us, text_stream(victim).place
    for place in (Place.WITHIN_WORD, Place.BEFORE_WORD):
        mine = np.sort(broken.interval_us[broken.place == place])
        assert np.allclose(mine, np.sort(kept[0][kept[1] == place]), atol=2)


def test_too_short_a_victim_gives_nothing(rng: np.random.Generator) -> None:
    victim = keystrokes(np.arange(20) * 100_000, [KeyClass.LETTER] * 20)
    assert not len(broken_hands(rng, victim, "shuffled_words", "kept"))


def test_every_family_is_made_and_none_looks_past_its_text(rng: np.random.Generator) -> None:
    session = composing(rng, characters=700)
    text = session.text_class
    made = list(machine_variants(rng, session.keystrokes, text, text[:300]))
    assert {"generic", "broken_hands"} < {family for family, _ in made}
    assert all(len(table) > 100 for _, table in made)


def test_a_remote_desktop_delays_events_and_keeps_their_order(rng: np.random.Generator) -> None:
    table = composing(rng, characters=300).keystrokes
    known = table.hold_us >= 0
    for _ in range(40):
        changed = augmented(rng, table)
        assert np.all(np.diff(changed.t_us) >= 0)
        assert np.all((changed.hold_us >= 0) == known) or not np.any(changed.hold_us >= 0)
