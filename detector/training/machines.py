"""Machine typing to learn from: published tools, random machines, forgeries of a person's hands."""

from collections.abc import Iterator

import numpy as np

from detector.simulation import ROBOTS, Holds, histogram_forgery, replay
from detector.tables import Keystrokes
from detector.training.broken_hands import HOLD_BREAKS, INTERVAL_BREAKS, broken_hands
from detector.training.generic_robots import generic_robot

HOLDS_ODDS = {
    Holds.ZERO: 0.05,
    Holds.CONSTANT: 0.05,
    Holds.UNIFORM: 0.08,
    Holds.MISSING: 0.25,
    Holds.HUMAN: 0.57,
}
GENERIC_MACHINES = 5
BROKEN_HANDS = 3


def machine_variants(
    rng: np.random.Generator, victim: Keystrokes, text_class: str, passage: str
) -> Iterator[tuple[str, Keystrokes]]:
    """Yield families and sessions of machines that type a text or forge a person's typing.

    Args:
        rng: source of randomness.
        victim: a genuine session.
        text_class: its text, of which machines type stretches.
        passage: the stretch that forgeries type.
    """
    name = str(rng.choice(list(ROBOTS)))
    text = _stretch(rng, text_class)
    yield name, ROBOTS[name](rng, text, holds=_draw_holds(rng)).keystrokes
    for _ in range(GENERIC_MACHINES):
        yield "generic", generic_robot(rng, _stretch(rng, text_class), holds=_draw_holds(rng))
    for _ in range(BROKEN_HANDS):
        yield "broken_hands", broken_hands(rng, victim, *_draw_breaks(rng))
    shuffled, typos, conditioned = (bool(x) for x in rng.random(3) < 0.5)
    if rng.random() < 0.5:
        replayed = replay(rng, victim, passage, shuffled=shuffled, typos=typos)
        yield "replay", replayed.keystrokes
    else:
        forged = histogram_forgery(rng, victim, passage, conditioned=conditioned)
        yield "histogram", forged.keystrokes


def _draw_holds(rng: np.random.Generator) -> Holds:
    return Holds(str(rng.choice([h.value for h in HOLDS_ODDS], p=list(HOLDS_ODDS.values()))))


def _draw_breaks(rng: np.random.Generator) -> tuple[str, str]:
    """Draw what is broken; at least one of intervals and holds is."""
    intervals = str(rng.choice(INTERVAL_BREAKS))
    holds = HOLD_BREAKS if intervals != "kept" else HOLD_BREAKS[2:]
    return intervals, str(rng.choice(holds))


def _stretch(rng: np.random.Generator, text_class: str) -> str:
    """Return a stretch of 250 to 3,000 characters, log-uniform in length."""
    length = int(np.exp(rng.uniform(np.log(250), np.log(3_000))))
    start = int(rng.integers(0, max(len(text_class) - length, 1)))
    return text_class[start : start + length]
