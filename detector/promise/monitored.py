"""What the drift alarm looks at in a session."""

from detector.features.vector import FEATURE_NAMES, feature_vector
from detector.promise.drift import MONITORED, Watched
from detector.tables import Keystrokes


def watched(writer: str, table: Keystrokes, score: float) -> Watched:
    """Return a session's monitored figures; NaN where one was not recorded."""
    values = dict(zip(FEATURE_NAMES, feature_vector(table).tolist(), strict=True))
    values |= {"score": score, "keystrokes": float(len(table))}
    return Watched(writer, {name: values[name] for name in MONITORED})
