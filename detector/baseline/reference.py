"""One person's reference, and what it says about a stretch of typing."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from detector.baseline.features import compared
from detector.baseline.population import Told, WithinPerson
from detector.tables import FloatArray

TAIL = 10.0
"""Degrees of freedom: a stretch far from both levels says little about which it is."""
MOST_WEIGHT = 0.95
"""Weight of a reference that leaves nothing unknown about the person."""
MOST_LOWERED = 0.6
"""So much of the population's evidence a baseline takes away at most, where 1 is the way from the
median to the 99th percentile of genuine writing. It bounds what a poisoned enrolment can buy."""
MOST_RAISED = 2.0
"""So much it adds at most."""


class Reference(StrEnum):
    """What a person's typing was compared with."""

    ENROLMENT = "enrolment"
    EARLIER_SESSIONS = "earlier_sessions"
    POPULATION = "population"


@dataclass(frozen=True, slots=True)
class Level:
    """What is known about one person: composing and copying, one after the other, in spreads."""

    mean: FloatArray
    covariance: FloatArray

    def learnt(self, noise: FloatArray, seen: FloatArray, *, copied: bool) -> "Level":
        """Return what is known after the mean of some stretches was seen (Kalman's update).

        Args:
            noise: covariance of ``seen`` around the person's level.
            seen: mean habits in spreads; NaN where missing.
            copied: which of the two levels they tell of.
        """
        there = np.flatnonzero(~np.isnan(seen))
        if not len(there):
            return self
        rows = there + (len(seen) if copied else 0)
        total = self.covariance[np.ix_(rows, rows)] + noise[np.ix_(there, there)]
        gain = np.linalg.solve(total, self.covariance[rows]).T
        return Level(
            self.mean + gain @ (seen[there] - self.mean[rows]),
            self.covariance - gain @ self.covariance[rows],
        )

    def evidence(self, noise: FloatArray, seen: FloatArray) -> float:
        """Return the log likelihood ratio of copying over composing for one stretch."""
        there = np.flatnonzero(~np.isnan(seen))
        if not len(there):
            return 0.0
        half = len(seen)
        free, copied = (self._log_likelihood(there, there + at, noise, seen) for at in (0, half))
        return copied - free

    def _log_likelihood(
        self, there: np.ndarray, rows: np.ndarray, noise: FloatArray, seen: FloatArray
    ) -> float:
        """Of a multivariate t with the level's mean and covariance, but for a constant."""
        total = self.covariance[np.ix_(rows, rows)] + noise[np.ix_(there, there)]
        off = seen[there] - self.mean[rows]
        distance = float(off @ np.linalg.solve(total, off))
        logarithm = float(np.linalg.slogdet(total)[1])
        return -0.5 * logarithm - 0.5 * (TAIL + len(there)) * float(np.log1p(distance / TAIL))


@dataclass(frozen=True, slots=True)
class Baseline:
    """A person's own reference.

    Attributes:
        reference: where it comes from.
        sessions: how many recordings it rests on.
        keys: how many text keys they hold.
        weight: share of the decision it takes, 0 to `MOST_WEIGHT`.
        told: which kinds of typing they are.
        level: what is known about the person from all of it.
        free_level: what is known from their own writing alone.
        people: the population it was learnt against.
    """

    reference: Reference
    sessions: int
    keys: int
    weight: float
    told: Told
    level: Level = field(repr=False)
    free_level: Level = field(repr=False)
    people: WithinPerson = field(repr=False)

    def adjusted(self, copying_logit: float, features: FloatArray, keys: int) -> float:
        """Return the population model's logit, moved by what is known about the person.

        Args:
            copying_logit: the population's evidence for copying.
            features: the stretch's `stream_vector`.
            keys: how many text keys it has.
        """
        seen = self.people.standard(compared(features))
        own = self.own(keys, seen)
        step = float(np.diff(self.people.model_scale)[0])
        change = self.weight * (own - copying_logit)
        return copying_logit + float(np.clip(change, -MOST_LOWERED * step, MOST_RAISED * step))

    def own(self, keys: int, seen: FloatArray) -> float:
        """Return the reference's evidence for copying, on the scale of the population's model.

        A copy task can only add to it: typed like a drill, it would else make the person's ordinary
        copying look free. Only their own writing takes away.

        Args:
            keys: length of the stretch.
            seen: its habits in spreads.
        """
        noise = self.people.noise_of(keys)
        without = Told.FREE if self.told in (Told.FREE, Told.BOTH) else Told.NOTHING
        return max(
            placed(self.level.evidence(noise, seen), self.people, self.told),
            placed(self.free_level.evidence(noise, seen), self.people, without),
        )


def placed(evidence: float, people: WithinPerson, told: Told) -> float:
    """Return evidence on the scale of the population model's logit.

    The medians and the 99th percentiles of genuine writing fall together.
    """
    middle, most = people.own_scales[told]
    low, high = people.model_scale
    return float(low + (evidence - middle) / (most - middle) * (high - low))


def weight_of(level: Level, people: WithinPerson) -> float:
    """Return the weight of a reference: how far what it knows of the person goes with the truth.

    The correlation of an estimate with what it estimates is the root of the share of variance that
    it settles.
    """
    unknown = float(np.trace(level.covariance) / np.trace(people.prior()[1]))
    return MOST_WEIGHT * float(np.sqrt(max(1.0 - unknown, 0.0)))
