"""The feature vector of a stretch of keystrokes."""

import numpy as np

from detector.features.hands import HAND_NAMES, hand_features
from detector.features.process import NAMES as PROCESS_NAMES
from detector.features.process import process_features
from detector.features.repairs import REPAIR_NAMES, repair_features
from detector.features.rhythm import HOLD_NAMES, TIMING_NAMES, hold_features, timing_features
from detector.features.serial import SERIAL_NAMES, rhythm_of, serial_features
from detector.features.stream import TextStream, text_stream
from detector.features.word_starts import NAMES as WORD_START_NAMES
from detector.features.word_starts import word_start_features
from detector.tables import FloatArray, Keystrokes

FEATURES_VERSION = "3"
MOTOR_NAMES = (*SERIAL_NAMES, *HAND_NAMES, *REPAIR_NAMES)
"""Facts of hands, for telling a program from a person."""
FEATURE_NAMES = (*PROCESS_NAMES, *TIMING_NAMES, *HOLD_NAMES, *MOTOR_NAMES, *WORD_START_NAMES)


def feature_vector(table: Keystrokes) -> FloatArray:
    """Return the values of `FEATURE_NAMES`; NaN where the recording cannot support one."""
    return stream_vector(text_stream(table))


def stream_vector(stream: TextStream) -> FloatArray:
    """Return `feature_vector` of a text stream that was made before."""
    if not len(stream):
        return np.full(len(FEATURE_NAMES), np.nan)
    sample = stream.sample()
    rhythm = rhythm_of(sample)
    return np.array(
        [
            *process_features(stream),
            *timing_features(sample),
            *hold_features(sample),
            *serial_features(sample, rhythm),
            *hand_features(sample, rhythm),
            *repair_features(sample, rhythm),
            *word_start_features(stream),
        ],
        dtype=np.float64,
    )
