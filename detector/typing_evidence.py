"""What the typing itself says: did a machine type, did a person copy, and where.

A session is judged as a whole and by its windows of 500 keys, since a machine that typed a tenth
of it hides in the averages. No stretch that is judged is longer than those that were learnt from
(essays of half an hour): a longer session is judged by the mean over parts spread evenly over it.
A cheap screen picks the windows worth judging. One window among n is worth less than a whole
session: its log odds are lowered by log n (a union bound), so that long sessions are not flagged
more often for being long.

Measuring and judging are two steps, so that many sessions are predicted in one go.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.assessment import TextKind
from detector.baseline import Baseline
from detector.features.inputlog import inputlog_features
from detector.features.stream import TextStream
from detector.features.vector import FEATURE_NAMES, stream_vector
from detector.features.windows import window_edges, window_vectors
from detector.model import Model, Scores
from detector.tables import FloatArray

MIN_KEYS = 150
"""Fewer text keys than this tell nothing about the process."""
PRIOR_DOUBT = 0.02
"""Probability given to each kind where nothing was seen of it."""
MOST_PICKED = 2
"""Windows of a session that are judged for each kind; one that is a machine's is enough."""
LONGEST_STRETCH = 2_500
PART_KEYS = 1_250
MOST_PARTS = 3
NO_SCORES = Scores(np.zeros(0), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows ``start`` to ``stop`` of a stream with their vectors."""

    start: int
    stop: int
    features: FloatArray
    inputlog: FloatArray


@dataclass(frozen=True, slots=True)
class Measured:
    """A session's stretches worth judging: the whole or its parts, then the windows picked.

    Attributes:
        parts: one, the whole, or several parts of a long session; empty where too few keys were
            seen.
        picked: the windows that the screens picked.
        windows: how many windows there were to pick from.
    """

    parts: tuple[Stretch, ...] = ()
    picked: tuple[Stretch, ...] = ()
    windows: int = 0

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Return all that is to be predicted."""
        return (*self.parts, *self.picked)


@dataclass(frozen=True, slots=True)
class TypingEvidence:
    """What the typing says.

    Attributes:
        seen: whether there was enough of it.
        synthetic: probability that a machine typed all or a window of it.
        transcription: probability that a person copied, given that a person typed.
        features: of the whole session.
        synthetic_features: of the stretch behind ``synthetic``.
        worst: the window behind each kind as rows of the stream, if a window and not the whole.
    """

    seen: bool
    synthetic: float
    transcription: float
    features: FloatArray
    synthetic_features: FloatArray
    worst: tuple[tuple[TextKind, int, int], ...] = ()


def measure(stream: TextStream, model: Model) -> Measured:
    """Compute the vectors of the session and of the windows that the screens pick."""
    if len(stream) < MIN_KEYS:
        return Measured()
    parts = tuple(_stretch(stream, start, stop) for start, stop in _part_edges(len(stream)))
    edges = window_edges(len(stream))
    if len(edges) < 2 or not model.screens:
        return Measured(parts, (), len(edges))
    windows = window_vectors(stream)
    numbers = {
        number
        for screen in model.screens.values()
        for number in screen.picked(windows, MOST_PICKED)
    }
    picked = tuple(_stretch(stream, *edges[number]) for number in sorted(numbers))
    return Measured(parts, picked, len(edges))


def _part_edges(count: int) -> list[tuple[int, int]]:
    if count <= LONGEST_STRETCH:
        return [(0, count)]
    parts = min(MOST_PARTS, count // PART_KEYS)
    starts = np.linspace(0, count - PART_KEYS, parts).astype(np.int64).tolist()
    return [(start, start + PART_KEYS) for start in starts]


def _stretch(stream: TextStream, start: int, stop: int) -> Stretch:
    part = stream if stop - start == len(stream) else stream.part(start, stop)
    return Stretch(start, stop, stream_vector(part), inputlog_features(part))


def judge(
    measured: Measured, scores: Scores, model: Model, baseline: Baseline | None = None
) -> TypingEvidence:
    """Return what the model's scores of the stretches come to for the session."""
    if not measured.parts:
        blank = np.full(len(FEATURE_NAMES), np.nan)
        return TypingEvidence(False, PRIOR_DOUBT, PRIOR_DOUBT, blank, blank)
    stretches = measured.stretches
    copying = scores.transcription
    if baseline is not None:
        logits = scores.transcription_logit.tolist()
        adjusted = [
            baseline.adjusted(logit, stretch.features, stretch.stop - stretch.start)
            for logit, stretch in zip(logits, stretches, strict=True)
        ]
        copying = model.transcription_calibration(np.array(adjusted))
    synthetic, machine = _strongest(scores.synthetic, measured)
    transcription, copied = _strongest(copying, measured)
    features = _mean_features(measured.parts)
    worst = ((TextKind.SYNTHETIC, machine), (TextKind.TRANSCRIPTION, copied))
    return TypingEvidence(
        True,
        synthetic,
        transcription,
        features,
        machine.features if machine is not None else features,
        tuple((kind, one.start, one.stop) for kind, one in worst if one is not None),
    )


def _strongest(values: FloatArray, measured: Measured) -> tuple[float, Stretch | None]:
    """Return the session's probability, and the window that it comes from if from one."""
    logits = np.log(values / (1 - values))
    parts = len(measured.parts)
    whole = float(np.mean(logits[:parts]))
    windows = logits[parts:] - math.log(max(measured.windows, 1))
    at = int(np.argmax(windows)) if len(windows) else -1
    if at >= 0 and windows[at] > whole:
        return _sigmoid(float(windows[at])), measured.picked[at]
    return _sigmoid(whole), None


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))


def _mean_features(parts: tuple[Stretch, ...]) -> FloatArray:
    """Return the mean over parts of what each has; missing where none has it."""
    if len(parts) == 1:
        return parts[0].features
    rows = np.array([part.features for part in parts])
    known = np.count_nonzero(~np.isnan(rows), axis=0)
    return np.where(known > 0, np.nansum(rows, axis=0) / np.maximum(known, 1), np.nan)


def judge_all(
    measured: Sequence[Measured], baselines: Sequence[Baseline | None], model: Model
) -> list[TypingEvidence]:
    """Judge many sessions with one prediction of all their stretches."""
    stretches = [stretch for one in measured for stretch in one.stretches]
    scores = NO_SCORES
    if stretches:
        scores = model.scores(
            np.array([stretch.features for stretch in stretches]),
            np.array([stretch.inputlog for stretch in stretches]),
        )
    found, start = [], 0
    for one, baseline in zip(measured, baselines, strict=True):
        stop = start + len(one.stretches)
        found.append(judge(one, _rows(scores, slice(start, stop)), model, baseline))
        start = stop
    return found


def _rows(scores: Scores, rows: slice) -> Scores:
    return Scores(
        scores.synthetic[rows], scores.transcription[rows], scores.transcription_logit[rows]
    )
