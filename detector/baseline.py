"""A typist's own baseline: where this person's composing and copying lie on the copying scale.

The population's scale runs from composing (low) to copying (1.0 is where 1 % of the population's
composing lies). A person's own composed sessions shift it; with a copied one as well, it is
stretched between the two. Both corrections shrink towards the population with few sessions.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from detector.features.inputlog import inputlog_features
from detector.features.stream import text_stream
from detector.features.vector import stream_vector
from detector.model import Model
from detector.tables import Keystrokes

MIN_KEYS = 150
PRIOR_SESSIONS = 0.5
"""The population counts as much as this many of the person's own sessions."""
POPULATION_COMPOSED = -1.0
POPULATION_COPIED = 0.25


@dataclass(frozen=True, slots=True)
class Baseline:
    """A person's reference values on the model's copying logit.

    Attributes:
        composed: mean over composed sessions, or NaN.
        copied: mean over copied sessions, or NaN.
        sessions: how many sessions it rests on.
    """

    composed: float
    copied: float
    sessions: int

    def adjusted(self, copying_logit: float) -> float:
        """Return the logit with the person's own habits taken out."""
        weight = self.sessions / (self.sessions + PRIOR_SESSIONS)
        if np.isnan(self.composed):
            return copying_logit
        if np.isnan(self.copied) or self.copied - self.composed < 0.1:
            shift = weight * (POPULATION_COMPOSED - self.composed)
            return copying_logit + float(np.clip(shift, -1.0, 0.6))
        share = (copying_logit - self.composed) / (self.copied - self.composed)
        own = POPULATION_COMPOSED + share * (POPULATION_COPIED - POPULATION_COMPOSED)
        return weight * own + (1 - weight) * copying_logit


def make_baseline(
    model: Model, composed: Iterable[Keystrokes], copied: Iterable[Keystrokes] = ()
) -> Baseline | None:
    """Return the baseline from a person's earlier sessions; None if none is long enough."""
    own, other = _logits(model, composed), _logits(model, copied)
    if not own:
        return None
    return Baseline(
        composed=float(np.mean(own)),
        copied=float(np.mean(other)) if other else float("nan"),
        sessions=len(own) + len(other),
    )


def _logits(model: Model, tables: Iterable[Keystrokes]) -> list[float]:
    streams = [text_stream(table) for table in tables]
    streams = [stream for stream in streams if len(stream) >= MIN_KEYS]
    if not streams:
        return []
    features = np.array([stream_vector(stream) for stream in streams])
    inputlog = np.array([inputlog_features(stream) for stream in streams])
    return [float(v) for v in model.copying_logits(features, inputlog)]
