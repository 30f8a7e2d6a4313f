"""Genuine keystroke times for the benchmark; a generator where the corpora are not present."""

import numpy as np

from detector.simulation.writer import composing
from detector.tables import Keystrokes, keystrokes
from tests.live.material import ESSAYS, essay_stretch
from wire.keys import KeyClass

_STRETCH_S = 120.0
_BETWEEN_US = 500_000


def source() -> str:
    """Where the times come from, for the report."""
    return "a genuine essay (KLiCKe)" if ESSAYS.exists() else "the project's writing generator"


def genuine_stretch(presses: int, seed: int) -> Keystrokes:
    """So many presses with genuine intervals and holds; a short stretch is played again."""
    if ESSAYS.exists():
        table = essay_stretch(seed, _STRETCH_S)
    else:
        rng = np.random.default_rng(seed)
        table = composing(rng, minutes=_STRETCH_S / 60.0).keystrokes
    keys = table.key != KeyClass.CLICK
    times, holds, classes = table.t_us[keys], table.hold_us[keys], table.key[keys]
    turns = -(-presses // len(times))
    span = int(times[-1] - times[0]) + _BETWEEN_US
    every = np.concatenate([times + span * turn for turn in range(turns)])
    return keystrokes(
        every[:presses], np.tile(classes, turns)[:presses], np.tile(holds, turns)[:presses]
    )
