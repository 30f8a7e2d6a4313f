"""A typing sample that a person gave, as recordings to enrol with."""

import numpy as np

from detector.baseline.enrolment import Enrolled, enrol
from detector.model import Model
from detector.tables import MISSING, Keystrokes, keystrokes
from wire.baseline import TypedKeys, TypingSample
from wire.events import MISSING_U32


def enrol_with_sample(model: Model, sample: TypingSample) -> Enrolled:
    """Return what comes of a sample: its copied text and its free writing enrol the person."""
    return enrol(model, [typed_keys(sample.composed)], [typed_keys(sample.copied)])


def typed_keys(typed: TypedKeys) -> Keystrokes:
    """Return one text of a sample as a table that starts at 0."""
    gaps = np.array(typed.gap_us, dtype=np.int64)
    holds = np.array(typed.hold_us, dtype=np.int64)
    return keystrokes(
        np.cumsum(gaps) - (gaps[0] if len(gaps) else 0),
        typed.key_class,
        np.where(holds == MISSING_U32, MISSING, holds),
    )
