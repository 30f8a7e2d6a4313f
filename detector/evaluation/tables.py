"""Every figure that the labels of one table allow."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from detector.assessment import Band
from detector.evaluation.groups import group_figures
from detector.evaluation.labels import UNLABELLED, is_attack, is_genuine
from detector.evaluation.located import located_suggestions
from detector.evaluation.parting import parting, ranking
from detector.evaluation.scored import WINDOW_KEYS, Labelled, Scored, columns, scored_all, windows
from detector.evaluation.within import cross_validated
from detector.model import Model
from detector.training.metrics import rate

REPORTED_PASTE_CHARS = 20


def table_figures(model: Model, sessions: Sequence[Labelled]) -> dict[str, Any]:
    """Return the figures of a table's sessions, by label and against the genuine ones."""
    rows = scored_all(model, ((labelled, None) for labelled in sessions))
    labels = sorted({row.label for row in rows})
    made: dict[str, Any] = {
        "sessions": len(rows),
        "writers": len({row.writer for row in rows}),
        "by_label": {
            label or UNLABELLED: label_figures([r for r in rows if r.label == label])
            for label in labels
        },
        "groups": {
            label or UNLABELLED: group_figures([r for r in rows if r.label == label])
            for label in labels
        },
    }
    suggestions = located_suggestions(model, sessions)
    if suggestions is not None:
        made["accepted_suggestions_over_20_located"] = suggestions
    if any(map(is_genuine, labels)) and any(map(is_attack, labels)):
        made["against_genuine"] = against_genuine(rows)
        made[f"windows_{WINDOW_KEYS}"] = window_figures(model, sessions)
        made["cross_validated_within"] = cross_validated(sessions)
    return made


def label_figures(rows: list[Scored]) -> dict[str, Any]:
    """Return how many sessions of one label are flagged and abstained on, and why."""
    made = _rates(rows)
    pasted = [r for r in rows if r.longest_insertion > REPORTED_PASTE_CHARS]
    if pasted and is_genuine(rows[0].label):
        clean = [r for r in rows if r.longest_insertion <= REPORTED_PASTE_CHARS]
        made["without_paste_over_20"] = _rates(clean)
        made["with_paste_over_20"] = _rates(pasted)
    return made


def _rates(rows: list[Scored]) -> dict[str, Any]:
    c = columns(rows)
    strong = np.array([r.band == Band.STRONG for r in rows], dtype=np.bool_)
    return {
        "flagged": rate(c.flagged, c.writer).to_json(),
        "strong": rate(strong, c.writer).to_json(),
        "abstained": rate(c.abstained, c.writer).to_json(),
        "flagged_or_abstained": rate(c.flagged | c.abstained, c.writer).to_json(),
        "main_reasons": _main_reasons(rows),
    }


def _main_reasons(rows: list[Scored]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        if row.main_reason:
            counts[row.main_reason] = counts.get(row.main_reason, 0) + 1
    return dict(sorted(counts.items()))


def against_genuine(rows: Sequence[Scored]) -> dict[str, Any]:
    """Return, for each label that is not genuine, how it is parted from the genuine sessions."""
    genuine = [row for row in rows if row.genuine]
    return {
        label: parting(columns([*genuine, *(row for row in rows if row.label == label)]))
        for label in sorted({row.label for row in rows if row.attack})
    }


def window_figures(model: Model, sessions: Sequence[Labelled]) -> dict[str, Any]:
    """Return the same over windows of 500 text keys, and by the copying evidence alone."""
    cut = [window for labelled in sessions for window in windows(labelled)]
    rows = scored_all(model, ((window, None) for window in cut))
    genuine = [row for row in rows if row.genuine]
    made: dict[str, Any] = {}
    for label in sorted({row.label for row in rows if row.attack}):
        both = columns([*genuine, *(row for row in rows if row.label == label)])
        if genuine:
            made[label] = {
                **parting(both),
                "by_copying_evidence_alone": ranking(both.copying, both.attack, both.writer),
            }
    return made
