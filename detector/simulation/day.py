"""A long session: people who write one after another, so that nothing in it repeats."""

import numpy as np

from detector.simulation.session import without_effects
from detector.simulation.writer import composing
from detector.tables import Keystrokes, keystrokes

PART_CHARACTERS = 9_000
BREAK_US = 60_000_000


def working_day(rng: np.random.Generator, keys: int) -> Keystrokes:
    """Return ``keys`` rows of composing, keys alone, as a recorder on X11 sees them."""
    parts: list[Keystrokes] = []
    while sum(len(part) for part in parts) < keys:
        part = composing(rng, characters=min(keys, PART_CHARACTERS)).keystrokes
        parts.append(without_effects(part))
    starts = np.cumsum([0, *(int(part.t_us[-1]) + BREAK_US for part in parts[:-1])])
    t_us = np.concatenate([part.t_us + at for part, at in zip(parts, starts, strict=True)])
    key = np.concatenate([part.key for part in parts])
    hold_us = np.concatenate([part.hold_us for part in parts])
    return keystrokes(t_us[:keys], key[:keys], hold_us[:keys])
