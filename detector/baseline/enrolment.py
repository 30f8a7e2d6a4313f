"""Making a baseline from an enrolment or from earlier sessions, or saying why there is none.

Who enrols may want later copies to look like their own writing: the free task can be copied, the
copy task typed oddly. So a reference is used only if its two sides differ the way people's do and
its free side does not itself look copied.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detector.baseline.features import SIGNS, compared
from detector.baseline.population import Told, WithinPerson, within_person
from detector.baseline.reference import Baseline, Level, Reference, weight_of
from detector.features.inputlog import inputlog_features
from detector.features.stream import TextStream, text_stream
from detector.features.vector import stream_vector
from detector.model import Model
from detector.tables import FloatArray, Keystrokes

LEAST_KEYS = 150
"""A task of fewer text keys counts for nothing."""
PART_KEYS = 250
"""Tasks are read in parts of about this many keys."""
LEAST_APART = 0.8
"""Least difference of the two sides: squared distance for each habit, in variances of such a
difference between two tasks of one kind."""
MOST_AGAINST = 1.5
"""How far the copied side may lie against the published direction, in standard errors."""


class EnrolmentDoubt(StrEnum):
    """Why a sample is not used."""

    TOO_SHORT = "too_short"
    NOT_APART = "not_apart"
    FREE_LOOKS_COPIED = "free_looks_copied"
    MODEL_HAS_NONE = "model_has_none"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A baseline, or the doubt that stands against one."""

    baseline: Baseline | None
    doubt: EnrolmentDoubt | None


@dataclass(frozen=True, slots=True)
class _Side:
    """One kind of typing: mean habits in spreads, over so many keys."""

    seen: FloatArray
    keys: int
    sessions: int
    logit: float


def enrol(
    model: Model,
    composed: Iterable[Keystrokes],
    copied: Iterable[Keystrokes] = (),
    reference: Reference = Reference.ENROLMENT,
) -> Enrolled:
    """Return a person's baseline; either kind of typing alone makes one too, a weaker one.

    Args:
        model: the population's model.
        composed: free writing of the person.
        copied: copying of the person.
        reference: where they come from.
    """
    if model.within_person is None:
        return Enrolled(None, EnrolmentDoubt.MODEL_HAS_NONE)
    people = within_person(model.within_person)
    free, copy = _side(model, people, composed), _side(model, people, copied)
    if free is None and copy is None:
        return Enrolled(None, EnrolmentDoubt.TOO_SHORT)
    doubt = _doubt(people, free, copy)
    if doubt is not None:
        return Enrolled(None, doubt)
    free_level = level = Level(*people.prior())
    if free is not None:
        free_level = level = level.learnt(people.noise_of(free.keys), free.seen, copied=False)
    if copy is not None:
        level = level.learnt(people.noise_of(copy.keys), copy.seen, copied=True)
    sides = [side for side in (free, copy) if side is not None]
    return Enrolled(
        Baseline(
            reference=reference,
            sessions=sum(side.sessions for side in sides),
            keys=sum(side.keys for side in sides),
            weight=weight_of(level, people),
            told=Told((free is not None) + 2 * (copy is not None)),
            level=level,
            free_level=free_level,
            people=people,
        ),
        None,
    )


def _side(model: Model, people: WithinPerson, tables: Iterable[Keystrokes]) -> _Side | None:
    streams = [stream for table in tables if len(stream := text_stream(table)) >= LEAST_KEYS]
    if not streams:
        return None
    parts = [part for stream in streams for part in parts_of(stream)]
    features = np.array([stream_vector(part) for part in parts])
    inputlog = np.array([inputlog_features(part) for part in parts])
    return _Side(
        seen=mean_habits(people, features),
        keys=sum(len(stream) for stream in streams),
        sessions=len(streams),
        logit=float(np.mean(model.copying_logits(features, inputlog))),
    )


def parts_of(stream: TextStream) -> list[TextStream]:
    """Cut a stream into parts of about `PART_KEYS` keys."""
    count = max(len(stream) // PART_KEYS, 1)
    edges = np.linspace(0, len(stream), count + 1).astype(np.int64).tolist()
    return [stream.part(edges[at], edges[at + 1]) for at in range(count)]


def mean_habits(people: WithinPerson, features: FloatArray) -> FloatArray:
    """Return the mean of each habit over parts, in spreads; NaN where no part supports it."""
    rows = people.standard(compared(features))
    there = ~np.isnan(rows)
    total = np.where(there, rows, 0.0).sum(axis=0)
    return np.where(there.any(axis=0), total / np.maximum(there.sum(axis=0), 1), np.nan)


def _doubt(people: WithinPerson, free: _Side | None, copy: _Side | None) -> EnrolmentDoubt | None:
    if free is not None and looks_copied(people, free.seen, free.keys, free.logit):
        return EnrolmentDoubt.FREE_LOOKS_COPIED
    if free is not None and copy is not None and not _apart(people, free, copy):
        return EnrolmentDoubt.NOT_APART
    return None


def looks_copied(people: WithinPerson, seen: FloatArray, keys: int, logit: float) -> bool:
    """Whether free writing lies where 1 % of genuine writing does, by habits or by the model."""
    evidence = Level(*people.prior()).evidence(people.noise_of(keys), seen)
    return bool(evidence > people.free_most[0] or logit > people.free_most[1])


def _apart(people: WithinPerson, free: _Side, copy: _Side) -> bool:
    """Whether the two sides differ, and not the wrong way round."""
    difference = copy.seen - free.seen
    there = np.flatnonzero(~np.isnan(difference))
    if not len(there):
        return False
    change = difference[there]
    direction = np.array(list(SIGNS.values()))[there]
    noise = (people.noise_of(free.keys) + people.noise_of(copy.keys))[np.ix_(there, there)]
    distance = float(change @ np.linalg.solve(noise, change)) / len(there)
    along = float(direction @ change / np.sqrt(direction @ noise @ direction))
    return distance >= LEAST_APART and along >= -MOST_AGAINST
