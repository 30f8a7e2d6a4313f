"""Random models of the hold times that programs send."""

import numpy as np

from detector.simulation.hands import Holds, hold_source
from detector.simulation.typist import draw_typist
from detector.tables import FloatArray
from detector.training.typing_plan import LETTERS, Plan
from wire.keys import KeyClass

HOLD_MODELS = (
    "person",
    "normal",
    "log_normal",
    "uniform",
    "by_key",
    "share_of_gap",
    "share_of_last_gap",
    "short_of_gap",
    "feigned_rollover",
    "bonded",
    "wandering",
)
"""Models that could be taken for a person's holds, one by one; `Holds` has the plain ones."""


def holds_ms(
    rng: np.random.Generator, holds: Holds, model: str, plan: Plan, gap_ms: FloatArray
) -> FloatArray:
    """Draw a hold time for each press, given the intervals before them."""
    count = len(plan)
    if holds is not Holds.HUMAN:
        draw = hold_source(rng, holds)
        return np.array([draw() for _ in range(count)])
    following = np.r_[gap_ms[1:], 300.0]
    middle = float(10 ** rng.uniform(1.75, 2.2))
    if model == "person":
        typist = draw_typist(rng)
        return np.array([typist.hold_ms() for _ in range(count)])
    relative = _relative(rng, model, plan, gap_ms, following)
    made = relative if model in ("share_of_gap", "share_of_last_gap") else middle * relative
    if model == "feigned_rollover":
        over = (rng.random(count) < rng.uniform(0.05, 0.6)) & (following < 350.0)
        made[over] = following[over] + rng.uniform(2.0, 70.0, np.count_nonzero(over))
    if model == "short_of_gap" or rng.random() < 0.25:
        made = np.minimum(made, following * rng.uniform(0.5, 0.98))
    return np.clip(made, 8.0, 900.0)


def _relative(
    rng: np.random.Generator, model: str, plan: Plan, gap_ms: FloatArray, following: FloatArray
) -> FloatArray:
    """Return holds against their middle; in milliseconds where they are a share of a gap."""
    width = float(rng.uniform(0.05, 0.4))
    noise = width * rng.standard_normal(len(plan))
    if model == "normal":
        return 1.0 + noise
    if model == "uniform":
        return rng.uniform(1.0 - 1.5 * width, 1.0 + 1.5 * width, len(plan))
    if model == "by_key":
        keys = rng.normal(0.0, 0.25, len(KeyClass))[plan.key]
        letters = rng.normal(0.0, rng.uniform(0.0, 0.2), LETTERS)[plan.letter]
        return np.asarray(np.exp(keys + letters + 0.5 * noise))
    if model == "wandering":
        walk = np.cumsum(rng.standard_normal(len(plan)))
        return np.asarray(np.exp(0.8 * noise + width * walk / max(float(walk.std()), 1e-9)))
    gap = gap_ms if model == "share_of_last_gap" or rng.random() < 0.3 else following
    if model.startswith("share"):
        return np.minimum(gap, 400.0) * rng.uniform(0.3, 1.1) * np.exp(0.6 * noise)
    if model == "bonded":
        logs = np.log(np.clip(gap, 30.0, 600.0))
        return np.asarray(np.exp(rng.uniform(-0.3, 0.3) * (logs - logs.mean()) + noise))
    return np.asarray(np.exp(noise))
