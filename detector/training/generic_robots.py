"""Machines of no known make: random timing models, so that no one tool's quirk is learnt."""

from collections.abc import Callable

import numpy as np

from detector.simulation.figures import LEVELS
from detector.simulation.hands import Holds, hold_source
from detector.simulation.session import SimulatedSession, TextLog
from detector.simulation.typist import draw_typist


def generic_robot(rng: np.random.Generator, text_class: str, *, holds: Holds) -> SimulatedSession:
    """Type ``text_class`` with a random timing model, pauses at boundaries and typing errors."""
    gap = _gap_source(rng)
    hold = hold_source(rng, holds)
    boundary = {" ": rng.uniform(0, 0.15), ".": rng.uniform(0, 0.9), "\n": rng.uniform(0, 1.0)}
    middle_ms = float(10 ** rng.uniform(2.5, 3.6))
    width = float(rng.uniform(0.05, 0.6))
    typo = float(rng.choice([0.0, rng.uniform(0.0, 0.1)]))
    late = int(rng.integers(1, 6))
    word_lead = float(rng.choice([1.0, rng.uniform(1.0, 2.0)]))
    log, before, wait = TextLog(), "\n", 0.0
    for character in text_class:
        lead = word_lead if before == " " else 1.0
        if character == "a" and rng.random() < typo:
            wrong = int(rng.integers(1, late + 1))
            for _ in range(wrong):
                log.type("a", gap() + wait, hold())
                wait = 0.0
            wait = middle_ms * 0.3
            for _ in range(wrong):
                log.erase(gap() + wait, hold())
                wait = 0.0
        log.type(character, gap() * lead + wait, hold())
        wait = 0.0
        if character in boundary and rng.random() < boundary[character]:
            wait = middle_ms * float(np.exp(rng.normal(0, width)))
        before = character
    return log.session()


def _gap_source(rng: np.random.Generator) -> Callable[[], float]:
    middle = float(10 ** rng.uniform(1.6, 2.5))
    kind = int(rng.integers(8))
    spread = float(rng.uniform(0.03, 0.6))
    if kind == 0:
        return lambda: float(rng.uniform(middle * (1 - spread), middle * (1 + spread)))
    if kind == 1:
        return lambda: max(float(rng.normal(middle, middle * spread)), middle * 0.2)
    if kind == 2:
        return lambda: middle * float(np.exp(rng.normal(0, spread)))
    if kind == 3:
        return lambda: middle * (0.4 + float(rng.exponential(spread + 0.2)))
    if kind == 4:
        return lambda: float(rng.triangular(middle * 0.4, middle, middle * (1.5 + spread)))
    if kind == 5:
        return _sinusoid(rng, middle, spread)
    return _factors(rng, middle) if kind == 6 else _borrowed(rng)


def _factors(rng: np.random.Generator, middle: float) -> Callable[[], float]:
    """Gaps by a table of letter pairs, some noise, and growing fatigue."""
    table = middle * rng.choice(rng.uniform(0.4, 1.6, 5), size=int(rng.integers(3, 120)))
    noise, fatigue = float(rng.uniform(0.03, 0.35)), [1.0]
    growth = 1.0 + float(rng.choice([0.0, rng.uniform(0.0, 6e-4)]))

    def gap() -> float:
        fatigue[0] *= growth
        return float(rng.choice(table)) * fatigue[0] * float(np.exp(rng.normal(0, noise)))

    return gap


def _borrowed(rng: np.random.Generator) -> Callable[[], float]:
    """Gaps drawn independently from people's intervals within words, whatever the key is."""
    typist = draw_typist(rng)
    levels = typist.tables["within_word"]
    return lambda: float(10 ** np.interp(rng.random(), LEVELS, levels))


def _sinusoid(rng: np.random.Generator, middle: float, spread: float) -> Callable[[], float]:
    step, phase = float(rng.uniform(0.05, 1.5)), [0.0]

    def gap() -> float:
        phase[0] += step
        wave = float(np.sin(phase[0]))
        return middle * (1 + 0.6 * spread * wave) * float(rng.normal(1, 0.03))

    return gap
