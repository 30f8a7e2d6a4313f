"""Accepted suggestions of a language model, located with the recorder's own marks masked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detector.assess import assess
from detector.assessment import TextKind
from detector.evaluation.scored import Labelled
from detector.model import Model
from detector.tables import Activity, IntArray, Keystrokes, Recording
from detector.training.metrics import rate

LONGER_THAN_CHARS = 20


def located_suggestions(model: Model, sessions: Sequence[Labelled]) -> dict[str, Any] | None:
    """Return the share of longer suggestions that an insertion's span covers; None without any.

    The activity column is masked, so that only the text that appeared can tell.
    """
    found: list[bool] = []
    writers: list[str] = []
    for labelled in sessions:
        table = labelled.keystrokes
        rows = suggestions(table)
        if len(rows):
            covered = _covered(model, table, table.t_us[rows])
            found.extend(covered)
            writers.extend([labelled.writer] * len(covered))
    if not found:
        return None
    return {**rate(np.array(found), np.array(writers)).to_json(), "note": "activity column masked"}


def suggestions(table: Keystrokes) -> IntArray:
    """Return the rows of accepted suggestions over 20 characters."""
    accepted = (table.activity == Activity.AI_INSERT) & (table.inserted > LONGER_THAN_CHARS)
    return np.flatnonzero(accepted).astype(np.int64)


def _covered(model: Model, table: Keystrokes, times: IntArray) -> list[bool]:
    unknown = np.full(len(table), Activity.UNKNOWN, dtype=np.int64)
    said = assess(Recording(replace(table, activity=unknown)), model)
    spans = [span for span in said.spans if span.kind == TextKind.INSERTION]
    return [any(s.start_us <= t <= s.end_us for s in spans) for t in times.tolist()]
