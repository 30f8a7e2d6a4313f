"""What the detector said about each session of a table, as columns for metrics."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from detector.assess import assess
from detector.assessment import Assessment, Band
from detector.baseline import Baseline
from detector.features.inputlog import inputlog_features
from detector.features.stream import text_stream
from detector.features.vector import stream_vector
from detector.model import Model
from detector.tables import FloatArray, Keystrokes, Recording
from detector.training.metrics import Estimate, area, calibration_error, missed_at, rate

GENUINE_LABELS = frozenset({"composed", "authentic", "genuine", "free", "human"})
COPIED_LABELS = frozenset({"transcribed", "copied", "retyped"})
REPORTED_PASTE_CHARS = 20
WINDOW_KEYS = 500
LENGTH_EDGES = (150, 500, 1500)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A session of a table with its labels; an empty user stands for itself."""

    session: str
    user: str
    label: str
    keystrokes: Keystrokes

    @property
    def writer(self) -> str:
        """Return who is to be counted as one."""
        return self.user or self.session


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said about one session."""

    writer: str
    label: str
    keys: int
    longest_insertion: int
    assessment: Assessment


def outcome(model: Model, labelled: Labelled, baseline: Baseline | None = None) -> Outcome:
    """Assess one session."""
    table = labelled.keystrokes
    return Outcome(
        labelled.writer,
        labelled.label,
        len(table),
        int(table.inserted.max()) if len(table) else 0,
        assess(Recording(table), model, baseline=baseline),
    )


def summary(outcomes: list[Outcome]) -> dict[str, object]:
    """Return every figure that the labels of a table allow."""
    labels = sorted({o.label for o in outcomes})
    made: dict[str, object] = {
        "sessions": len(outcomes),
        "writers": len({o.writer for o in outcomes}),
        "by_label": {label or "unlabelled": _of_label(outcomes, label) for label in labels},
    }
    genuine = np.array([o.label in GENUINE_LABELS for o in outcomes])
    if genuine.any() and not genuine.all():
        made["against_genuine"] = {
            label: separation([o for o in outcomes if o.label in (*GENUINE_LABELS, label)])
            for label in labels
            if label not in GENUINE_LABELS
        }
    return made


def _of_label(outcomes: list[Outcome], label: str) -> dict[str, object]:
    mine = [o for o in outcomes if o.label == label]
    made = _rates(mine)
    if label in GENUINE_LABELS:
        pasted = [o for o in mine if o.longest_insertion > REPORTED_PASTE_CHARS]
        if pasted:
            clean = [o for o in mine if o.longest_insertion <= REPORTED_PASTE_CHARS]
            made["without_paste_over_20"] = _rates(clean)
            made["with_paste_over_20"] = _rates(pasted)
    edges = (0, *LENGTH_EDGES, 10**9)
    made["flagged_by_keys"] = {
        f"{low}-{high if high < 10**9 else ''}": _flagged(
            [o for o in mine if low <= o.keys < high]
        ).to_json()
        for low, high in pairwise(edges)
    }
    return made


def _rates(outcomes: list[Outcome]) -> dict[str, object]:
    writers = np.array([o.writer for o in outcomes])
    bands = np.array([str(o.assessment.band) for o in outcomes])
    return {
        "flagged": _flagged(outcomes).to_json(),
        "strong": rate(bands == Band.STRONG, writers).to_json(),
        "abstained": rate(bands == Band.CANNOT_DETERMINE, writers).to_json(),
        "main_reasons": _main_reasons(outcomes),
    }


def _flagged(outcomes: list[Outcome]) -> Estimate:
    writers = np.array([o.writer for o in outcomes])
    return rate(np.array([o.assessment.flagged for o in outcomes], dtype=np.bool_), writers)


def _main_reasons(outcomes: list[Outcome]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in outcomes:
        if item.assessment.flagged and item.assessment.reasons:
            code = str(item.assessment.reasons[0].code)
            counts[code] = counts.get(code, 0) + 1
    return dict(sorted(counts.items()))


def separation(outcomes: list[Outcome]) -> dict[str, object]:
    """Return how the score parts genuine sessions from the others."""
    scores = np.array([o.assessment.score for o in outcomes])
    positive = np.array([o.label not in GENUINE_LABELS for o in outcomes])
    flagged = np.array([o.assessment.flagged for o in outcomes])
    writers = np.array([o.writer for o in outcomes])
    return {
        "auc": area(scores, positive, writers).to_json(),
        "bpcer_shipped": rate(flagged[~positive], writers[~positive]).to_json(),
        "apcer_shipped": rate(~flagged[positive], writers[positive]).to_json(),
        "apcer_at_bpcer_1": _number(missed_at(scores, positive, 0.01)),
        "calibration_error": _number(calibration_error(scores, positive)),
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def windows_against_genuine(model: Model, sessions: Iterable[Labelled]) -> dict[str, object] | None:
    """Return how windows of 500 text keys are parted by the copying score alone."""
    rows, labels, writers = _window_rows(sessions)
    if not rows:
        return None
    features = np.array([row[0] for row in rows])
    logits = model.copying_logits(features, np.array([row[1] for row in rows]))
    positive = np.array([label not in GENUINE_LABELS for label in labels])
    if positive.all() or not positive.any():
        return None
    scores = model.transcription_calibration(logits)
    flagged = scores >= model.review_at["transcription"]
    names = np.array(writers)
    return {
        "auc": area(logits, positive, names).to_json(),
        "bpcer_shipped": rate(flagged[~positive], names[~positive]).to_json(),
        "apcer_shipped": rate(~flagged[positive], names[positive]).to_json(),
    }


def _window_rows(
    sessions: Iterable[Labelled],
) -> tuple[list[tuple[FloatArray, FloatArray]], list[str], list[str]]:
    rows: list[tuple[FloatArray, FloatArray]] = []
    labels: list[str] = []
    writers: list[str] = []
    for labelled in sessions:
        table = labelled.keystrokes
        for start in range(0, len(table) - WINDOW_KEYS + 1, WINDOW_KEYS):
            stream = text_stream(table.rows(start, start + WINDOW_KEYS))
            rows.append((stream_vector(stream), inputlog_features(stream)))
            labels.append(labelled.label)
            writers.append(labelled.writer)
    return rows, labels, writers
