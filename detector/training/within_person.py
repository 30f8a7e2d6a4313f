"""Fitting the population's part of baselines from genuine essays.

How people differ and how one person's windows vary comes from genuine writing alone. Simulated
copies of other passages serve as copy tasks where evidence is put on the model's scale, so that the
scale is that of genuine writing seen by an enrolled person's reference.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.covariance import ledoit_wolf

from detector.baseline.enrolment import mean_habits, parts_of
from detector.baseline.features import SIGNS, compared
from detector.baseline.population import SESSION_NOISE, WINDOW_KEYS, Told, WithinPerson
from detector.baseline.reference import Level
from detector.features.inputlog import inputlog_features
from detector.features.stream import TextStream, text_stream
from detector.features.vector import stream_vector
from detector.model import Model
from detector.tables import FloatArray, Keystrokes
from detector.training.examples import Essay
from detector.training.retyping import retyped

LEAST_WRITERS = 4
LEAST_QUARTER_KEYS = 150
LEAST_SCALE = 0.5
QUANTILES = (0.5, 0.99)


def fit_within_person(
    model: Model, train: Sequence[Essay], calibrate: Sequence[Essay], seed: int
) -> Mapping[str, Any] | None:
    """Return the state for `Model.within_person`; None where too few essays are long enough.

    Args:
        model: the population's model, whose scale evidence is put on.
        train: essays that tell how people differ and vary.
        calibrate: other writers' essays, for the scales.
        seed: with the writer's name, all the randomness there is.
    """
    windows = [rows for essay in train if len(rows := _windows(essay.keystrokes)) > 1]
    if len(windows) < LEAST_WRITERS:
        return None
    people = _spreads(windows)
    tried = [found for essay in calibrate if (found := _tried(model, people, essay, seed))]
    if len(tried) < LEAST_WRITERS:
        return None
    own, logits, free = (np.concatenate([one[at] for one in tried]) for at in range(3))
    made = WithinPerson(
        people.centre,
        people.spread,
        people.noise,
        people.people,
        own_scales=np.array([_scale(own[:, told]) for told in Told]),
        model_scale=_scale(logits),
        free_most=np.quantile(free.reshape(-1, 2), QUANTILES[1], axis=0),
    )
    return made.to_state()


def _windows(table: Keystrokes) -> FloatArray:
    stream = text_stream(table)
    starts = range(0, len(stream) - WINDOW_KEYS + 1, WINDOW_KEYS)
    parts = [stream.part(at, at + WINDOW_KEYS) for at in starts]
    return (
        compared(np.array([stream_vector(part) for part in parts])) if parts else np.zeros((0, 0))
    )


def _spreads(windows: Iterable[FloatArray]) -> WithinPerson:
    rows = list(windows)
    every = np.concatenate(rows)
    centre = np.array([np.mean(column[~np.isnan(column)]) for column in every.T])
    # A missing value says nothing: it counts as the population's.
    rows = [np.where(np.isnan(mine), 0.0, mine - centre) for mine in rows]
    apart = np.concatenate(
        [(mine - mine.mean(axis=0)) * np.sqrt(len(mine) / (len(mine) - 1)) for mine in rows]
    )
    spread = np.maximum(apart.std(axis=0), 1e-6)
    noise, _ = ledoit_wolf(apart / spread, assume_centered=True)
    means = np.array([mine.mean(axis=0) for mine in rows]) / spread
    between, _ = ledoit_wolf(means - means.mean(axis=0), assume_centered=True)
    between -= noise * np.mean([1 / len(mine) for mine in rows])
    values, axes = np.linalg.eigh(between)
    unset = np.zeros(2)
    return WithinPerson(
        centre,
        spread,
        noise,
        (axes * np.maximum(values, 0.02)) @ axes.T,
        np.zeros((len(Told), 2)),
        unset,
        unset,
    )


def _tried(
    model: Model, people: WithinPerson, essay: Essay, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Enrol on two quarters of an essay, one of them copied; try two genuine ones against it."""
    rng = np.random.default_rng([seed, 2, zlib.crc32(essay.writer.encode())])
    quarters = _quarters(rng, essay.keystrokes)
    if min(len(text_stream(quarter)) for quarter in quarters) < LEAST_QUARTER_KEYS:
        return None
    free = _seen(rng, model, people, parts_of(text_stream(quarters[0])))
    copy = _seen(rng, model, people, parts_of(text_stream(retyped(rng, quarters[1]))))
    levels = _levels(people, free, copy)
    tested = [_seen(rng, model, people, [text_stream(quarter)]) for quarter in quarters[2:]]
    return (
        np.array([[_evidence(levels[told], people, one) for told in Told] for one in tested]),
        np.array([one.logit for one in tested]),
        np.array([_evidence(levels[Told.NOTHING], people, free), free.logit]),
    )


def _quarters(rng: np.random.Generator, table: Keystrokes) -> list[Keystrokes]:
    edges = np.linspace(0, len(table), 5).astype(np.int64).tolist()
    return [table.rows(edges[at], edges[at + 1]) for at in rng.permutation(4).tolist()]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Some stretches of one recording: mean habits, their keys, the model's mean logit."""

    habits: FloatArray
    keys: int
    logit: float


def _seen(
    rng: np.random.Generator, model: Model, people: WithinPerson, parts: list[TextStream]
) -> _Seen:
    """Return what parts of one recording show, as if it were made on another day."""
    features = np.array([stream_vector(part) for part in parts])
    logits = model.copying_logits(features, np.array([inputlog_features(part) for part in parts]))
    day = rng.normal(0.0, np.sqrt(SESSION_NOISE * np.diag(people.noise)), len(SIGNS))
    habits = mean_habits(people, features) + day
    return _Seen(habits, sum(len(part) for part in parts), float(np.mean(logits)))


def _levels(people: WithinPerson, free: _Seen, copy: _Seen) -> dict[Told, Level]:
    untold = Level(*people.prior())
    free_noise, copy_noise = people.noise_of(free.keys), people.noise_of(copy.keys)
    own = untold.learnt(free_noise, free.habits, copied=False)
    return {
        Told.NOTHING: untold,
        Told.FREE: own,
        Told.COPIED: untold.learnt(copy_noise, copy.habits, copied=True),
        Told.BOTH: own.learnt(copy_noise, copy.habits, copied=True),
    }


def _evidence(level: Level, people: WithinPerson, one: _Seen) -> float:
    return level.evidence(people.noise_of(one.keys), one.habits)


def _scale(values: FloatArray) -> FloatArray:
    middle, high = np.quantile(values, QUANTILES)
    return np.array([middle, max(high, middle + LEAST_SCALE)])
