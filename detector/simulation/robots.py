"""Programs that type for a person: published timing models of five tools (A1 to A5).

Letters are unknown here, so each letter of a text gets a pseudo-letter with English frequencies;
factors that a tool takes from a letter pair are then stable per pair.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from detector.simulation.hands import Holds, hold_source
from detector.simulation.session import SimulatedSession, TextLog

Robot = Callable[..., SimulatedSession]
_FREQUENCIES = 1.0 / np.arange(1.0, 27.0) ** 0.8


@dataclass(slots=True)
class _Machine:
    rng: np.random.Generator
    hold: Callable[[], float]
    log: TextLog = field(default_factory=TextLog)

    def type(self, character: str, gap_ms: float) -> None:
        self.log.type(character, gap_ms, self.hold())

    def erase(self, gap_ms: float, times: int = 1) -> None:
        for _ in range(times):
            self.log.erase(gap_ms, self.hold())

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)


def _letters(rng: np.random.Generator, text: str) -> list[int]:
    chances = _FREQUENCIES / _FREQUENCIES.sum()
    return [int(x) for x in rng.choice(26, size=len(text), p=chances)]


def robot_a1(
    rng: np.random.Generator, text_class: str, *, holds: Holds = Holds.ZERO
) -> SimulatedSession:
    """A1, a typer that edits words at their end; one of its presets is drawn."""
    machine = _Machine(rng, hold_source(rng, holds))
    low, high, multiplier, typo, edit = (
        (30, 150, 1.0, 0.08, 0.18),
        (20, 80, 1.5, 0.03, 0.10),
        (50, 200, 0.7, 0.12, 0.25),
        (25, 180, 1.2, 0.20, 0.35),
    )[int(rng.integers(4))]
    pauses = {".": (800.0, 2500.0), "\n": (1600.0, 5000.0)}
    wait, word = 0.0, 0
    for character in text_class:
        gap = machine.between(low, high) / multiplier + wait
        wait = 0.0
        if character == "a" and machine.chance(typo):
            machine.type("a", gap)
            machine.erase(machine.between(150, 400))
            gap = machine.between(low, high) / multiplier
        if character == " " and word > 3 and machine.chance(edit):
            _a1_edit(machine, word, (low / multiplier, high / multiplier))
        machine.type(character, gap)
        word = word + 1 if character in "a0" else 0
        if character in pauses:
            light = character == "." and machine.chance(0.4)
            wait = machine.between(*((200.0, 600.0) if light else pauses[character]))
    return machine.log.session()


def _a1_edit(machine: _Machine, word: int, gap: tuple[float, float]) -> None:
    machine.erase(10.0, word)
    wait = machine.between(100, 300)
    filler = int(machine.rng.integers(2, 7)) if machine.chance(0.33) else 0
    for _ in range(filler):
        machine.type("a", machine.between(*gap) + wait)
        wait = 0.0
    machine.erase(10.0, filler)
    for _ in range(word):
        machine.type("a", machine.between(*gap) + wait)
        wait = 0.0


def robot_a2(
    rng: np.random.Generator, text_class: str, *, holds: Holds = Holds.ZERO
) -> SimulatedSession:
    """A2, a typer with bigram and word factors, fatigue and errors noticed late."""
    machine = _Machine(rng, hold_source(rng, holds))
    base = 12_000.0 / max(20.0, float(rng.normal(60, 10)))
    pair = rng.choice([0.4, 0.5, 1.2, 1.0], size=(26, 26), p=[0.25, 0.25, 0.3, 0.2])
    letters = _letters(rng, text_class)
    word_factor, fatigue, previous = 1.0, 1.0, 0
    for number, character in enumerate(text_class):
        if character == "a" and (not number or text_class[number - 1] not in "a0"):
            word_factor = float(rng.choice([0.6, 1.3, 1.0], p=[0.4, 0.15, 0.45]))
        gap = base * word_factor * float(pair[previous, letters[number]])
        if character == " ":
            gap = base + float(rng.normal(250, 50))
        if (
            character == "a"
            and number
            and text_class[number - 1] in ". \n"
            and _opens(text_class, number)
        ):
            gap += 200.0
        fatigue *= 1.0005
        gap = max(20.0, gap * fatigue + float(rng.normal(0, 30)))
        if character == "a" and machine.chance(0.055) and machine.chance(0.85):
            machine.type("a", gap)
            machine.erase(max(60.0, float(rng.normal(350, 100))))
            gap = max(20.0, float(rng.normal(120, 20)))
        machine.type(character, gap)
        previous = letters[number]
    return machine.log.session()


def _opens(text: str, number: int) -> bool:
    before = text[:number].rstrip()[-1:] if number < 4 else text[number - 3 : number].rstrip()[-1:]
    return before in ("", ".")


def robot_a3(
    rng: np.random.Generator, text_class: str, *, holds: Holds = Holds.ZERO
) -> SimulatedSession:
    """A3, a typer with key distances and log-normal noise."""
    machine = _Machine(rng, hold_source(rng, holds))
    base = 12_000.0 / max(20.0, float(rng.normal(70, 7)))
    letters = _letters(rng, text_class)
    distance = rng.uniform(0.0, 8.0, size=(26, 26))
    quick = rng.random((26, 26)) < 0.25
    total = max(len(text_class), 1)
    for number, character in enumerate(text_class):
        pair = (letters[number - 1] if number else 0, letters[number])
        gap = base * (1.0 + 0.3 * number / total) * (0.8 if quick[pair] else 1.0)
        gap += 15.0 * float(distance[pair])
        if character in "a0" and number and text_class[number - 1] in " \n":
            gap += float(rng.normal(150, 30))
        gap *= {".": 1.2, " ": 0.6}.get(character, 1.0)
        gap += 70.0 if character == "a" and number and _opens(text_class, number) else 0.0
        gap *= float(rng.normal(1.0, 0.1)) * float(rng.lognormal(-0.05, 0.1))
        if character == "a" and machine.chance(0.04 * 0.8):
            machine.type("a", max(gap, 5.0))
            machine.erase(250.0)
            gap = 50.0
        machine.type(character, max(gap, 5.0))
    return machine.log.session()


def robot_a4(
    rng: np.random.Generator, text_class: str, *, holds: Holds = Holds.ZERO
) -> SimulatedSession:
    """A4, a typer with uniform gaps of 99 to 395 ms."""
    machine = _Machine(rng, hold_source(rng, holds))
    for character in text_class:
        gap = machine.between(99, 395)
        if character == "a" and machine.chance(0.02):
            machine.type("a", machine.between(400, 500))
            machine.erase(machine.between(400, 450))
        machine.type(character, gap)
    return machine.log.session()


def robot_a5(
    rng: np.random.Generator, text_class: str, *, holds: Holds = Holds.ZERO
) -> SimulatedSession:
    """A5, a typer with a sinusoidal gap and triangular pauses."""
    machine = _Machine(rng, hold_source(rng, holds))
    pauses = {" ": (0.05, 320, 2500), ".": (0.20, 50, 4000), "\n": (0.90, 2000, 5000)}
    wait = 0.0
    for number, character in enumerate(text_class):
        gap = 60_000.0 / (400.0 * (1.0 + 0.2 * np.sin(0.32 * number))) + wait
        wait = 0.0
        if character == "a" and machine.chance(0.025) and machine.chance(0.9):
            machine.type("a", gap)
            late = min(int(rng.integers(0, 6)), len(text_class) - number - 1)
            following = text_class[number + 1 : number + 1 + late]
            for other in following:
                machine.type(other, 150.0)
            machine.erase(175.0)
            machine.erase(150.0, len(following))
            gap = 150.0
        machine.type(character, gap)
        if character in pauses:
            share, low, high = pauses[character]
            if machine.chance(share):
                wait = float(rng.triangular(low, (low + high) / 2, high))
    return machine.log.session()


ROBOTS: dict[str, Robot] = {
    "a1": robot_a1,
    "a2": robot_a2,
    "a3": robot_a3,
    "a4": robot_a4,
    "a5": robot_a5,
}
"""The five typers by name."""
