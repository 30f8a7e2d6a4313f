"""Labelled feature vectors for training, made from genuine essays."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from detector.errors import BadCorpusError
from detector.features.inputlog import inputlog_features
from detector.features.stream import TextStream, text_stream
from detector.features.vector import stream_vector
from detector.features.windows import WINDOW_KEYS, WINDOW_NAMES, window_vectors
from detector.simulation import transcribing
from detector.simulation.figures import WritingFigures
from detector.simulation.typist import Typist, draw_typist
from detector.tables import FloatArray, IntArray, Keystrokes
from detector.training.assisting import assisted
from detector.training.augment import augmented, window, with_injected_pauses
from detector.training.evasion import with_injected_revisions
from detector.training.machines import machine_variants
from detector.training.retyping import retyped

SHORTEST_EXAMPLE = 100


class Kind(IntEnum):
    """What a training example is."""

    COMPOSITION = 0
    TRANSCRIPTION = 1
    SYNTHETIC = 2


@dataclass(frozen=True, slots=True)
class Essay:
    """A genuine session with its final text as classes."""

    writer: str
    keystrokes: Keystrokes
    text_class: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Feature rows with what they are, how they were made and whose they were made from.

    ``window`` holds the screen's figures of a stretch's first window; NaN where it has none.
    """

    features: FloatArray
    inputlog: FloatArray
    window: FloatArray
    kind: IntArray
    family: np.ndarray
    writer: np.ndarray
    weight: FloatArray
    """For how much each counts in a fit; 1 for what is made from essays."""


def make_examples(
    seed: int,
    essays: Iterable[Essay],
    figures: WritingFigures,
    progress: Callable[[int], None] = lambda done: None,
) -> Examples:
    """Make examples of every kind from each essay: genuine windows, copies and forgeries.

    Args:
        seed: with the writer's name, all the randomness there is.
        essays: genuine sessions.
        figures: population figures for simulated typists.
        progress: told how many essays are done.
    """
    rows: list[tuple[FloatArray, FloatArray, FloatArray, Kind, str, str]] = []
    for number, essay in enumerate(essays):
        rng = np.random.default_rng([seed, zlib.crc32(essay.writer.encode())])
        for kind, family, table in _variants(rng, essay, figures):
            stream = text_stream(augmented(rng, window(rng, table)))
            if len(stream) >= SHORTEST_EXAMPLE:
                vectors = (stream_vector(stream), inputlog_features(stream), first_window(stream))
                rows.append((*vectors, kind, family, essay.writer))
        progress(number + 1)
    if not rows:
        raise BadCorpusError("no essay is long enough to learn from")
    features, inputlog, windows, kinds, families, writers = zip(*rows, strict=True)
    return Examples(
        np.array(features),
        np.array(inputlog),
        np.array(windows),
        np.array(kinds, dtype=np.int64),
        np.array(families),
        np.array(writers),
        np.ones(len(writers)),
    )


def joined(parts: Sequence[Examples]) -> Examples:
    """Return the examples of several groups of essays as one."""
    names = (field.name for field in fields(Examples))
    return Examples(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def first_window(stream: TextStream) -> FloatArray:
    """The screen's figures of a stretch's first window; NaN where it has none."""
    windows = window_vectors(stream.part(0, WINDOW_KEYS))
    return windows[0] if len(windows) else np.full(len(WINDOW_NAMES), np.nan)


def _variants(
    rng: np.random.Generator, essay: Essay, figures: WritingFigures
) -> Iterable[tuple[Kind, str, Keystrokes]]:
    table, text = essay.keystrokes, essay.text_class[:3000]
    for _ in range(3):
        yield Kind.COMPOSITION, "genuine", table
    copied = retyped(rng, table)
    yield Kind.TRANSCRIPTION, "retyped", copied
    yield Kind.TRANSCRIPTION, "pause_injection", with_injected_pauses(rng, copied)
    revised = with_injected_revisions(rng, retyped(rng, table))
    yield Kind.TRANSCRIPTION, "revision_injection", revised
    yield Kind.TRANSCRIPTION, "assisted", assisted(rng, table)
    cut = int(rng.integers(0, max(len(text) - 1500, 1)))
    passage = text[cut : cut + int(rng.integers(250, 1500))]
    typist: Typist = draw_typist(rng, figures=figures)
    copying = transcribing(rng, text_class=passage, typist=typist)
    yield Kind.TRANSCRIPTION, "transcribing", copying.keystrokes
    for family, typed in machine_variants(rng, table, text, passage):
        yield Kind.SYNTHETIC, family, typed
