"""Examples from sessions of which people said what they are."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.features.inputlog import INPUTLOG_NAMES, inputlog_features
from detector.features.stream import text_stream
from detector.features.vector import FEATURE_NAMES, stream_vector
from detector.features.windows import WINDOW_NAMES
from detector.tables import Keystrokes
from detector.training.augment import window
from detector.training.examples import SHORTEST_EXAMPLE, Examples, Kind, first_window

FAMILY = "labelled"
WINDOWS = 3
"""So many stretches of each session, like of an essay."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A session with what it is; ``weight`` says for how many like it it stands."""

    writer: str
    keystrokes: Keystrokes
    kind: Kind
    weight: float


def labelled_examples(seed: int, sessions: Sequence[Labelled]) -> Examples:
    """Make examples as they are: real sessions need no other day put into them."""
    features, inputlog, windows, kinds, writers, weights = [], [], [], [], [], []
    for number, session in enumerate(sessions):
        rng = np.random.default_rng([seed, number, zlib.crc32(session.writer.encode())])
        for _ in range(WINDOWS):
            stream = text_stream(window(rng, session.keystrokes))
            if len(stream) < SHORTEST_EXAMPLE:
                continue
            features.append(stream_vector(stream))
            inputlog.append(inputlog_features(stream))
            windows.append(first_window(stream))
            kinds.append(int(session.kind))
            writers.append(session.writer)
            weights.append(session.weight / WINDOWS)
    if not kinds:
        return _no_examples()
    return Examples(
        np.array(features),
        np.array(inputlog),
        np.array(windows),
        np.array(kinds, dtype=np.int64),
        np.array([FAMILY] * len(kinds)),
        np.array(writers),
        np.array(weights),
    )


def _no_examples() -> Examples:
    return Examples(
        np.empty((0, len(FEATURE_NAMES))),
        np.empty((0, len(INPUTLOG_NAMES))),
        np.empty((0, len(WINDOW_NAMES))),
        np.empty(0, dtype=np.int64),
        np.empty(0, dtype="U1"),
        np.empty(0, dtype="U1"),
        np.empty(0),
    )
