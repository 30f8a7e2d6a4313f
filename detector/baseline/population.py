"""What is known of people in general: how their habits differ, vary, and change when they copy.

A Gaussian model of two levels. A person's composing lies around the population's; their copying
lies one step away from their composing, in the published direction; a stretch of typing lies around
the person's level for what it is. How people differ and how stretches of one person vary is
measured on genuine writing. The step is not learnt, because nobody's real copying may be learnt
from and a simulator's is too regular: it is the same for every habit (unit weights hold up where
fitted ones do not; Dawes 1979, *The robust beauty of improper linear models in decision making*,
American Psychologist 34), and it is loose, so that a person's own copying can say otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np

from detector.baseline.features import SIGNS
from detector.errors import BadModelError
from detector.tables import FloatArray

WINDOW_KEYS = 500
"""Spread and noise are those of stretches of this length."""
STEP = 1.5
"""From composing to copying, in spreads of a person's own windows."""
STEP_SPREAD = 2.0
"""How much the step differs between people, for each habit on its own."""
COMMON_STEP_SPREAD = 0.5
"""The same for all habits together: some copy more mechanically than others."""
LENGTH_EXPONENT = 0.8
"""Noise falls with length to this power: neighbouring stretches are not independent."""
SESSION_NOISE = 0.5
"""Variance between a person's sessions over that of their windows: assumed, since each writer of
the training corpus gave one session."""
FURTHEST = 6.0
"""Values further out than so many spreads count as so far."""


class Told(IntEnum):
    """What of a person's own typing is known."""

    NOTHING = 0
    FREE = 1
    COPIED = 2
    BOTH = 3


@dataclass(frozen=True, slots=True)
class WithinPerson:
    """The population's part, as it is kept in the model file.

    Attributes:
        centre: of each habit over genuine windows.
        spread: of a person's own windows around their mean.
        noise: covariance of those windows, in spreads.
        people: covariance of people's composing, in spreads.
        own_scales: 50th and 99th percentile of genuine writers' evidence, one row for each `Told`.
        model_scale: the same of the population model's copying logit over the same windows.
        free_most: 99th percentiles over genuine free tasks of the evidence that knows nothing of
            the person, and of the population model's logit: past them free writing looks copied.
    """

    centre: FloatArray
    spread: FloatArray
    noise: FloatArray
    people: FloatArray
    own_scales: FloatArray
    model_scale: FloatArray
    free_most: FloatArray

    def standard(self, values: FloatArray) -> FloatArray:
        """Return habits in spreads from the centre, within `FURTHEST`; NaN stays."""
        standard: FloatArray = np.clip((values - self.centre) / self.spread, -FURTHEST, FURTHEST)
        return standard

    def noise_of(self, keys: float) -> FloatArray:
        """Return the covariance of a stretch of so many keys around the person's level."""
        shrunk: FloatArray = self.noise * (WINDOW_KEYS / max(keys, 1.0)) ** LENGTH_EXPONENT
        return np.asarray(shrunk + SESSION_NOISE * np.diag(np.diag(self.noise)))

    def prior(self) -> tuple[FloatArray, FloatArray]:
        """Return mean and covariance of anybody's composing and copying, one after the other."""
        signs = np.array(list(SIGNS.values()))
        step = STEP_SPREAD**2 * np.eye(len(signs)) + COMMON_STEP_SPREAD**2 * np.outer(signs, signs)
        mean = np.r_[np.zeros(len(signs)), STEP * signs]
        people = self.people
        return mean, np.block([[people, people], [people, people + step]])

    def to_state(self) -> dict[str, Any]:
        """Return plain values for the model file."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def within_person(state: Mapping[str, Any]) -> WithinPerson:
    """Read the population's part from a model file's state.

    Raises:
        BadModelError: a part is missing or has another shape.
    """
    count = len(SIGNS)
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("noise", "people"), (count, count))
    shapes |= dict.fromkeys(("model_scale", "free_most"), (2,))
    shapes["own_scales"] = (len(Told), 2)
    made: dict[str, FloatArray] = {}
    for name in (field.name for field in fields(WithinPerson)):
        value = np.asarray(state.get(name, ()), dtype=np.float64)
        if value.shape != shapes.get(name, (count,)) or not np.isfinite(value).all():
            raise BadModelError(f"the model's part for baselines has no usable {name}")
        made[name] = value
    return WithinPerson(**made)
