"""A promise about false flags: a threshold, and what may be said about it with which confidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detector.errors import BadPromiseError
from detector.promise.bounds import confidence_without_flags, least_threshold, writers_needed
from detector.tables import FloatArray, IntArray

RATE = 0.01
CONFIDENCE = 0.95
FLAGS_NOTHING = 1.0
"""A threshold that no score exceeds."""


class Promised(StrEnum):
    """Whose rate is kept."""

    SESSION = "session"
    """The chance that a session drawn at random from a new writer drawn at random is flagged.
    Every writer counts alike, however many sessions they work."""
    WRITER = "writer"
    """The share of new writers with any flag, in as many sessions as the calibration's had."""


class WhenFew(StrEnum):
    """What gives way where the writers are too few for the rate at the confidence."""

    LESS_SURE = "less_sure"
    """Nothing that calibration showed is flagged, and the confidence is stated as it then is."""
    ABSTAIN = "abstain"
    """Nothing is flagged: every session past the shipped thresholds is "cannot determine"."""


class Extra(StrEnum):
    """Evidence that some sessions are judged by besides their own recording."""

    BASELINE = "baseline"
    GALLERY = "gallery"
    TEXTS = "texts"

    @property
    def words(self) -> str:
        """Say what it is."""
        return {
            Extra.BASELINE: "the typists' own baselines",
            Extra.GALLERY: "a gallery of recorded timing",
            Extra.TEXTS: "the submitted texts",
        }[self]


@dataclass(frozen=True, slots=True)
class ValidFor:
    """What a promise was measured on: it holds for the same and for nothing else.

    Attributes:
        model_version: the model that scored the calibration sessions.
        features_version: its features.
        extras: what some of them were judged by besides their recording; a session judged by
            anything else is not promised for.
        population: whose work it was, in words.
    """

    model_version: str = ""
    features_version: str = ""
    extras: tuple[Extra, ...] = ()
    population: str = "the writers calibrated on"


@dataclass(frozen=True, slots=True)
class Promise:
    """A threshold on the score, and the rate of false flags that it keeps.

    Attributes:
        kind: whose rate.
        rate: the rate that is kept.
        confidence: how sure that is: the chance, over the draw of the calibration writers, that
            the rate is kept by the threshold they lead to.
        threshold: what lies strictly above is flagged; `FLAGS_NOTHING` where nothing may be.
        writers: independent writers that it rests on.
        sessions: their sessions.
        flagged: how many of those sessions lie above the threshold.
        doubtful_writers: how many of the writers may be no genuine ones without breaking it.
        valid_for: what it was measured on.
    """

    kind: Promised
    rate: float
    confidence: float
    threshold: float
    writers: int
    sessions: int
    flagged: int
    doubtful_writers: int
    valid_for: ValidFor

    @property
    def sentence(self) -> str:
        """Say what is promised, exactly."""
        if self.threshold >= FLAGS_NOTHING:
            return (
                f"Nothing is flagged: {self.writers} writers are too few to keep false flags "
                f"under {self.rate:.2%} with {self.confidence:.0%} confidence."
            )
        whose = {
            Promised.SESSION: "Of the genuine sessions of new writers, each writer counted alike,",
            Promised.WRITER: "Of new genuine writers with as many sessions,",
        }[self.kind]
        flagged = {Promised.SESSION: "are", Promised.WRITER: "have any session"}[self.kind]
        return (
            f"{whose} at most {self.rate:.2%} {flagged} flagged (confidence "
            f"{self.confidence:.0%}, from {self.writers} writers and {self.sessions} sessions)."
        )


def promise(
    scores: FloatArray,
    writers: Sequence[str],
    rate: float = RATE,
    confidence: float = CONFIDENCE,
    *,
    kind: Promised = Promised.SESSION,
    when_few: WhenFew = WhenFew.LESS_SURE,
    doubtful_writers: int = 0,
    valid_for: ValidFor | None = None,
) -> Promise:
    """Choose the threshold that keeps false flags at or under ``rate``.

    What is assumed: the calibration writers are drawn at random, independently, from the
    population that is promised to. Nothing is assumed about scores, about how the sessions of one
    writer hang together, or about how many each has.

    Args:
        scores: one for each genuine session, 0 to 1, see `flagging_score`.
        writers: whose session it is.
        rate: the rate of false flags to keep.
        confidence: with which confidence.
        kind: whose rate.
        when_few: what gives way with too few writers (299 for 95 % at 1 %).
        doubtful_writers: how many of them may not be genuine; as many more are then needed.
        valid_for: what the scores were made by, and of whom.

    Raises:
        BadPromiseError: no session, a number out of range, or lists of different lengths.
    """
    check_rates(rate, confidence)
    values, codes = as_units(scores, writers)
    if kind is Promised.WRITER:
        values, codes = largest_of_each(values, codes)
    count = int(codes.max()) + 1
    check_doubtful(doubtful_writers, count)
    threshold, sure = threshold_or_less(
        values, codes, rate, confidence, when_few=when_few, doubtful_writers=doubtful_writers
    )
    return Promise(
        kind=kind,
        rate=rate,
        confidence=sure,
        threshold=threshold,
        writers=count,
        sessions=len(scores),
        flagged=int(np.count_nonzero(np.asarray(scores) > threshold)),
        doubtful_writers=doubtful_writers,
        valid_for=valid_for or ValidFor(),
    )


def threshold_or_less(
    values: FloatArray,
    codes: IntArray,
    rate: float,
    confidence: float,
    *,
    when_few: WhenFew,
    doubtful_writers: int,
) -> tuple[float, float]:
    """Return a threshold and the confidence it is stated with, also where writers are too few."""
    threshold = least_threshold(values, codes, rate, confidence, doubtful_writers)
    if threshold is not None:
        return threshold, confidence
    if when_few is WhenFew.ABSTAIN:
        return FLAGS_NOTHING, confidence
    genuine = int(codes.max()) + 1 - doubtful_writers
    return float(values.max()), confidence_without_flags(rate, genuine)


def as_units(scores: FloatArray, writers: Sequence[str]) -> tuple[FloatArray, IntArray]:
    """Return scores and writers as arrays, checked.

    Raises:
        BadPromiseError: none at all, a score outside 0 to 1, or lists of different lengths.
    """
    values = np.asarray(scores, dtype=np.float64)
    if not len(values):
        raise BadPromiseError("a promise needs genuine sessions: give at least one")
    if len(values) != len(writers):
        raise BadPromiseError("each score needs its writer: the two lists differ in length")
    if not np.all((values >= 0.0) & (values <= 1.0)):
        raise BadPromiseError("scores must lie between 0 and 1")
    numbers = {writer: number for number, writer in enumerate(dict.fromkeys(writers))}
    return values, np.array([numbers[writer] for writer in writers], dtype=np.int64)


def largest_of_each(values: FloatArray, codes: IntArray) -> tuple[FloatArray, IntArray]:
    """Return each writer's largest score."""
    largest = np.zeros(int(codes.max()) + 1)
    np.maximum.at(largest, codes, values)
    return largest, np.arange(len(largest))


def check_rates(rate: float, confidence: float) -> None:
    """Raise BadPromiseError unless both lie strictly between 0 and 1."""
    for name, value in (("rate", rate), ("confidence", confidence)):
        if not 0.0 < value < 1.0:
            raise BadPromiseError(f"the {name} must lie between 0 and 1, not {value}")


def check_doubtful(doubtful_writers: int, writers: int) -> None:
    """Raise BadPromiseError unless a genuine writer is left."""
    if not 0 <= doubtful_writers < writers:
        raise BadPromiseError(
            f"doubtful writers must be 0 or more and fewer than the {writers} writers there are"
        )


__all__ = [
    "CONFIDENCE",
    "FLAGS_NOTHING",
    "RATE",
    "Extra",
    "Promise",
    "Promised",
    "ValidFor",
    "WhenFew",
    "promise",
    "writers_needed",
]
