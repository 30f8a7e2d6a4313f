"""A simulated person's hands: intervals and hold times drawn around personal values."""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from detector.simulation.figures import LEVELS, WritingFigures, load_figures

TEMPO_MEMORY = 0.975
TEMPO_WEIGHT = 0.035
"""Share of the variance of intervals that wanders slowly (block means of 16 keys: 0.15 in log10
over independent draws, the median of the corpus's training writers)."""
HOLD_TEMPO_WEIGHT = 0.03
HOLD_TAIL = 1.3
HOLD_SKEW = 0.18
IN_ORDER = 0.6
"""How often a release that would come out of order waits for the one before it."""


@dataclass(slots=True)
class Typist:
    """Draws intervals and hold times of one person; keeps the state of their autocorrelation.

    Attributes:
        rng: source of randomness.
        traits: the person's values of `detector.simulation.figures.TRAITS`.
        tables: the person's interval quantiles (log10 ms) for each moment of writing.
        figures: the population the person was drawn from.
        longest_pause_ms: pauses are cut to this length.
    """

    rng: np.random.Generator
    traits: dict[str, float]
    tables: dict[str, np.ndarray]
    figures: WritingFigures
    longest_pause_ms: float = 60_000.0
    _interval_state: float = field(default=0.0)
    _hold_state: float = field(default=0.0)
    _tempo: float = field(default=0.0)
    _hold_tempo: float = field(default=0.0)
    _last_interval_ms: float = field(default=1_000.0)
    _last_hold_ms: float = field(default=0.0)

    def interval_ms(self, moment: str, slower: float = 0.0) -> float:
        """Draw the time from the last press to the next one; ``slower`` is added to its log10."""
        rho = float(np.clip(self.traits["interval_lag1"], -0.2, 0.5))
        fresh, slow = self.rng.standard_normal(2).tolist()
        self._interval_state = rho * self._interval_state + fresh * float(np.sqrt(1 - rho * rho))
        self._tempo = TEMPO_MEMORY * self._tempo + slow * float(np.sqrt(1 - TEMPO_MEMORY**2))
        state = float(np.sqrt(1 - TEMPO_WEIGHT)) * self._interval_state
        level: float = ndtr(state + float(np.sqrt(TEMPO_WEIGHT)) * self._tempo).item()
        value = 10.0 ** (float(np.interp(level, LEVELS, self.tables[moment])) + slower)
        longest = self.longest_pause_ms * float(self.rng.uniform(0.6, 1.0))
        self._last_interval_ms = float(min(value, longest))
        return self._last_interval_ms

    def hold_ms(self, slower: float = 0.0) -> float:
        """Draw how long a key is held; ``slower`` is added to its log10.

        Keys that overlap are mostly released in the order of their presses, holds wander with
        time, and very short ones are more frequent than very long ones.
        """
        rho = float(np.clip(self.traits["hold_lag1"], 0.0, 0.6))
        fresh, slow = self.rng.standard_normal(2).tolist()
        self._hold_state = rho * self._hold_state + fresh * float(np.sqrt(1 - rho * rho))
        self._hold_tempo = 0.97 * self._hold_tempo + slow * float(np.sqrt(1 - 0.97**2))
        state = float(np.sqrt(1 - HOLD_TEMPO_WEIGHT)) * self._hold_state
        state += float(np.sqrt(HOLD_TEMPO_WEIGHT)) * self._hold_tempo
        bent = float(np.sinh(HOLD_TAIL * np.arcsinh(state) - HOLD_SKEW)) / HOLD_TAIL
        logarithm = self.traits["hold_median"] + 0.8 * self.traits["hold_spread"] * bent
        value = float(np.clip(10.0 ** (logarithm + slower), 22.0, 800.0))
        least = self._last_hold_ms - self._last_interval_ms
        if value < least and self.rng.random() < IN_ORDER:
            value = least + float(self.rng.uniform(1.0, 15.0))
        self._last_hold_ms = value
        return value


def draw_typist(
    rng: np.random.Generator,
    *,
    motor_median_ms: float | None = None,
    longest_pause_s: float = 60.0,
    figures: WritingFigures | None = None,
) -> Typist:
    """Draw a person.

    Args:
        rng: source of randomness.
        motor_median_ms: median interval within words, if it is to be fixed.
        longest_pause_s: pauses are cut to about this length.
        figures: population figures; those that ship by default.
    """
    figures = figures or load_figures()
    traits = {
        name: float(np.clip(rng.normal(mean, figures.trait_spread[name]), *_band(figures, name)))
        for name, mean in figures.trait_mean.items()
    }
    if motor_median_ms is not None:
        traits["within_median"] = float(np.log10(motor_median_ms))
    slow, fast = np.clip(rng.standard_normal(2), -1.6, 1.6)
    person = 0.7 * np.where(np.array(LEVELS) >= 0.5, slow, fast)
    tables = {
        moment: np.maximum.accumulate(
            traits["within_median"]
            + np.array(means)
            + person * np.array(figures.interval_quantile_spread[moment])
        )
        for moment, means in figures.interval_quantiles.items()
    }
    return Typist(rng, traits, tables, figures, longest_pause_ms=longest_pause_s * 1000.0)


def _band(figures: WritingFigures, name: str) -> tuple[float, float]:
    mean, spread = figures.trait_mean[name], figures.trait_spread[name]
    return mean - 1.8 * spread, mean + 1.8 * spread
