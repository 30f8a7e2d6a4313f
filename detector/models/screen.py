"""Choosing the windows of a session that are worth the whole feature vector.

A linear rule over a few cheap figures of each window (`detector.features.windows`): it only ranks;
what it picks is judged by the model. It is stored as plain numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detector.tables import FloatArray


@dataclass(frozen=True, slots=True)
class Screen:
    """A logistic regression over standardised window figures, and where to look.

    Attributes:
        centre: mean of each figure over training; stands in for a missing one.
        scale: spread of each figure.
        weights: of the standardised figures.
        offset: intercept.
        look_at: windows with a higher logit are worth a look.
    """

    centre: FloatArray
    scale: FloatArray
    weights: FloatArray
    offset: float
    look_at: float

    def logits(self, windows: FloatArray) -> FloatArray:
        """Return how suspicious each window is; shape (windows,)."""
        standard = np.nan_to_num((windows - self.centre) / self.scale, nan=0.0)
        return np.asarray(np.clip(standard, -4.0, 4.0) @ self.weights + self.offset)

    def picked(self, windows: FloatArray, most: int) -> list[int]:
        """Return the numbers of at most ``most`` windows past `look_at`, the worst first."""
        logits = self.logits(windows)
        order = np.argsort(-logits, kind="stable")[:most]
        return [int(i) for i in order if logits[i] > self.look_at]

    def to_state(self) -> list[object]:
        """Return plain values, as `screen_from_state` reads them."""
        return [self.centre, self.scale, self.weights, self.offset, self.look_at]


def screen_from_state(state: Sequence[Any]) -> Screen:
    """Read what `Screen.to_state` returned.

    Raises:
        TypeError, ValueError: the values are of another shape.
    """
    centre, scale, weights = (np.asarray(part, dtype=np.float64) for part in state[:3])
    offset, look_at = state[3:]
    return Screen(centre, scale, weights, float(offset), float(look_at))
