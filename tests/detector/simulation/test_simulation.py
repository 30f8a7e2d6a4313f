import numpy as np
import pytest

from detector.alignment.rebuild import rebuild, text_codes
from detector.simulation import (
    ROBOTS,
    Holds,
    composed_with_paste,
    composing,
    draw_text,
    histogram_forgery,
    pasted_only,
    replay,
    robot_a4,
    transcribing,
)
from detector.simulation.figures import fit_figures, load_figures
from detector.simulation.session import SimulatedSession
from wire.codes import Category


def every_simulation(rng: np.random.Generator) -> list[SimulatedSession]:
    text = draw_text(rng, 400)
    victim = composing(rng, characters=400)
    return [
        victim,
        transcribing(rng, text_class=text),
        pasted_only(rng, characters=400, light_edits=0.2),
        composed_with_paste(rng, characters=600, pastes=2),
        replay(rng, victim.keystrokes, text, shuffled=True, typos=True),
        histogram_forgery(rng, victim.keystrokes, text, conditioned=True),
        *(robot(rng, text) for robot in ROBOTS.values()),
    ]


def test_every_log_leads_to_its_text(rng: np.random.Generator) -> None:
    for session in every_simulation(rng):
        typed = rebuild(session.keystrokes).codes
        target = text_codes(session.text_class)
        assert len(typed) == len(target)
        assert np.all((typed == target) | (typed == 5))


def test_the_same_generator_state_gives_the_same_session() -> None:
    one = composing(np.random.default_rng(3), characters=300)
    two = composing(np.random.default_rng(3), characters=300)
    assert one.text_class == two.text_class
    assert one.keystrokes.t_us.tolist() == two.keystrokes.t_us.tolist()


def test_composing_stops_when_the_minutes_are_over(rng: np.random.Generator) -> None:
    table = composing(rng, minutes=2.0).keystrokes
    assert 60e6 < table.t_us[-1] < 185e6


def test_pauses_can_be_kept_short_for_tests_in_real_time(rng: np.random.Generator) -> None:
    table = composing(rng, characters=400, longest_pause_s=5.0).keystrokes
    assert np.diff(table.t_us).max() <= 5_000_000


def test_a_given_text_is_composed_to_the_letter(rng: np.random.Generator) -> None:
    text = draw_text(rng, 300)
    assert transcribing(rng, text_class=text).text_class == text


@pytest.mark.parametrize("holds", list(Holds))
def test_robots_hold_keys_as_asked(rng: np.random.Generator, holds: Holds) -> None:
    hold = robot_a4(rng, draw_text(rng, 200), holds=holds).keystrokes.hold_us
    assert {
        Holds.ZERO: hold.max() <= 2_000,
        Holds.CONSTANT: hold.std() < 2_000,
        Holds.UNIFORM: hold.min() >= 5_000,
        Holds.MISSING: np.all(hold == -1),
        Holds.HUMAN: hold.std() > 3_000,
    }[holds]


def test_a4_keeps_to_its_published_gaps(rng: np.random.Generator) -> None:
    gaps = np.diff(robot_a4(rng, draw_text(rng, 500)).keystrokes.t_us)
    assert gaps.min() >= 98_900
    assert gaps.max() <= 500_100


def test_a_paste_has_a_copy_in_the_assistants_window_with_its_tag(
    rng: np.random.Generator,
) -> None:
    session = composed_with_paste(rng, characters=800)
    (insertion,), (copy,) = session.insertions, session.copies
    assert insertion.tag == copy.tag
    assert copy.category is Category.ASSISTANT
    inside = [f for f in session.focus if f.start_us <= copy.t_us < f.end_us]
    assert inside[0].category is Category.ASSISTANT


def test_figures_fitted_to_simulated_essays_come_near_the_shipped_ones(
    rng: np.random.Generator,
) -> None:
    sessions = [composing(rng, characters=1_500) for _ in range(12)]
    fitted = fit_figures((s.keystrokes for s in sessions), (s.text_class for s in sessions))
    shipped = load_figures()
    for trait in ("within_median", "hold_median"):
        spread = shipped.trait_spread[trait]
        assert abs(fitted.trait_mean[trait] - shipped.trait_mean[trait]) < spread
    middle = len(shipped.interval_quantiles["before_sentence"]) // 2
    for moment in ("after_word", "before_word", "before_sentence"):
        ours, theirs = fitted.interval_quantiles[moment], shipped.interval_quantiles[moment]
        assert abs(ours[middle] - theirs[middle]) < 0.2
