"""Hold times that machines send with the keys they type."""

from collections.abc import Callable
from enum import Enum

import numpy as np

from detector.simulation.typist import draw_typist


class Holds(Enum):
    """How a machine holds keys."""

    ZERO = "zero"
    CONSTANT = "constant"
    UNIFORM = "uniform"
    MISSING = "missing"
    HUMAN = "human"


def hold_source(rng: np.random.Generator, holds: Holds) -> Callable[[], float]:
    """Return a function that draws one hold time in milliseconds (negative: not recorded)."""
    if holds is Holds.ZERO:
        return lambda: float(rng.uniform(0.0, 2.0))
    if holds is Holds.MISSING:
        return lambda: -1.0
    if holds is Holds.CONSTANT:
        middle = float(rng.uniform(5.0, 90.0))
        return lambda: middle + float(rng.normal(0.0, 0.4))
    if holds is Holds.UNIFORM:
        low = float(rng.uniform(10.0, 60.0))
        high = low + float(rng.uniform(10.0, 80.0))
        return lambda: float(rng.uniform(low, high))
    typist = draw_typist(rng)
    return typist.hold_ms
