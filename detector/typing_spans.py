"""Where in a session the typing looks copied or like a machine's.

Overlapping windows of 500 keys are judged, each half a window further on; a half counts by the mean
of the log odds of the two windows over it, so that a span begins and ends to within half a window.
"""

import numpy as np

from detector.assessment import Span, TextKind
from detector.features.inputlog import inputlog_features
from detector.features.stream import TextStream
from detector.features.vector import stream_vector
from detector.features.windows import WINDOW_KEYS
from detector.model import Model
from detector.reasons import Code
from detector.tables import FloatArray
from detector.typing_evidence import TypingEvidence

MOST_HALVES = 32
"""A session over 8,000 keys has longer halves: only flagged ones come here, but they are read."""

Part = tuple[int, int, float]
"""Rows of the stream from, to, and the probability."""


def typing_spans(
    stream: TextStream, evidence: TypingEvidence, model: Model, kinds: frozenset[TextKind]
) -> list[Span]:
    """Return the stretches that look like each of ``kinds``, and the windows behind them."""
    if not kinds:
        return []
    count = len(stream)
    halves = int(np.clip(count // (WINDOW_KEYS // 2), 1, MOST_HALVES))
    edges = np.linspace(0, count, halves + 1).astype(np.int64).tolist()
    windows = list(zip(edges[:-2], edges[2:], strict=True)) or [(0, count)]
    worst = [(start, stop) for kind, start, stop in evidence.worst if kind in kinds]
    parts = [stream.part(start, stop) for start, stop in (*windows, *worst)]
    scores = model.scores(
        np.array([stream_vector(part) for part in parts]),
        np.array([inputlog_features(part) for part in parts]),
    )
    whys = {
        TextKind.SYNTHETIC: (Code.SYNTHETIC_RHYTHM, scores.synthetic),
        TextKind.TRANSCRIPTION: (Code.READS_LIKE_COPYING, scores.transcription),
    }
    spans: list[Span] = []
    for kind in sorted(kinds & whys.keys()):
        why, values = whys[kind]
        rows = _suspect(edges, values[: len(windows)])
        found = zip(worst, values[len(windows) :].tolist(), strict=True)
        least = min(0.5, max(value for _, _, value in rows))
        rows.extend((start, stop, value) for (start, stop), value in found)
        spans.extend(_joined(stream, [row for row in rows if row[2] >= least], kind, why))
    return spans


def _suspect(edges: list[int], values: FloatArray) -> list[Part]:
    """Return each half with the probability that the windows over it come to."""
    logits = np.log(values / (1 - values))
    over = np.concatenate([logits[:1], (logits[1:] + logits[:-1]) / 2, logits[-1:]])
    if len(edges) == 2:
        over = over[:1]
    chances = (1.0 / (1.0 + np.exp(-over))).tolist()
    return list(zip(edges[:-1], edges[1:], chances, strict=True))


def _joined(stream: TextStream, rows: list[Part], kind: TextKind, why: Code) -> list[Span]:
    """Join stretches that touch or overlap into spans."""
    joined: list[Part] = []
    for start, stop, value in sorted(rows):
        if joined and start <= joined[-1][1]:
            first, last, highest = joined[-1]
            joined[-1] = (first, max(last, stop), max(highest, value))
        else:
            joined.append((start, stop, value))
    return [
        Span(int(stream.t_us[start]), int(stream.t_us[stop - 1]), kind, value, why)
        for start, stop, value in joined
    ]
