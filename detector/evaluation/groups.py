"""Rates by group: session length, typing speed, revision, keyboard-only use, and the table's own.

A group is shown with at least `FEWEST_WRITERS` writers, so that no row is one person's; the
largest gap is between groups shown.
"""

import math
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from detector.evaluation.scored import Columns, Scored, columns
from detector.tables import BoolArray
from detector.training.metrics import Estimate, estimate, rate

FEWEST_WRITERS = 3
LENGTH_EDGES = (150, 500, 1500)
SPEED_EDGES_MS = (140.0, 185.0)
"""Median interval within words: of the writers behind the shipped figures about a third types
faster than the first edge and a third slower than the second."""
REVISION_EDGES = (0.05, 0.15)
NOT_RECORDED = "not recorded"

Grouping = Callable[[Scored], str]


def group_figures(rows: Sequence[Scored]) -> dict[str, Any]:
    """Return, for each grouping, rates of each group and the largest gap, of one label."""
    named: dict[str, Grouping] = {
        "session length (text keys)": _length,
        "typing speed (median ms within words)": _speed,
        "revision (erasing keys among text keys)": _revision,
        "pointer": _pointer(rows),
    }
    own = sorted({name for row in rows for name, _ in row.groups})
    named.update({name: _own(name) for name in own})
    return {name: _rates(rows, grouping) for name, grouping in named.items()}


def _rates(rows: Sequence[Scored], grouping: Grouping) -> dict[str, Any]:
    parts: dict[str, list[Scored]] = {}
    for row in rows:
        parts.setdefault(grouping(row), []).append(row)
    shown = {
        name: columns(part)
        for name, part in sorted(parts.items(), key=lambda item: _order(item[0]))
        if len({row.writer for row in part}) >= FEWEST_WRITERS
    }
    made: dict[str, Any] = {
        "groups": {
            name: {
                "flagged": rate(part.flagged, part.writer).to_json(),
                "abstained": rate(part.abstained, part.writer).to_json(),
            }
            for name, part in shown.items()
        }
    }
    hidden = sum(len(part) for name, part in parts.items() if name not in shown)
    if hidden:
        made["sessions_in_groups_too_small_to_show"] = hidden
    if len(shown) > 1:
        made["largest_gap"] = _largest_gap(shown)
    return made


def _order(name: str) -> tuple[float, str]:
    """Sort bands by their lower edge, other names by the alphabet."""
    first = name.replace("%", "").split()
    if name.startswith("under"):
        return (-1.0, name)
    try:
        return (float(first[0]), name)
    except (ValueError, IndexError):
        return (math.inf, name)


def _largest_gap(parts: dict[str, Columns]) -> dict[str, Any]:
    flagged = {name: float(np.mean(part.flagged)) for name, part in parts.items()}
    pairs = list(combinations(sorted(parts, key=lambda n: flagged[n]), 2))
    low, high = max(pairs, key=lambda pair: flagged[pair[1]] - flagged[pair[0]])
    one, other = parts[low], parts[high]
    events = np.r_[one.flagged, other.flagged]
    second = np.r_[np.zeros(len(one), dtype=np.bool_), np.ones(len(other), dtype=np.bool_)]
    gap = _difference(events, second, np.r_[one.writer, other.writer])
    return {"between": [low, high], "flagged_difference": gap.to_json()}


def _difference(events: BoolArray, second: BoolArray, writers: np.ndarray) -> Estimate:
    if not events.any():
        # No flag in any resample either: an interval of no width would feign certainty.
        return Estimate(0.0, np.nan, np.nan, len(events), len(np.unique(writers)))

    def difference(rows: np.ndarray) -> float:
        mine, chosen = events[rows], second[rows]
        if chosen.all() or not chosen.any():
            return float("nan")
        return float(np.mean(mine[chosen]) - np.mean(mine[~chosen]))

    return estimate(difference, writers)


def _length(row: Scored) -> str:
    return _band(row.text_keys, LENGTH_EDGES, "{:g}")


def _speed(row: Scored) -> str:
    return _band(row.within_word_ms, SPEED_EDGES_MS, "{:g}")


def _revision(row: Scored) -> str:
    return _band(row.erased_share, REVISION_EDGES, "{:.0%}")


def _band(value: float, edges: Sequence[float], shown: str) -> str:
    if math.isnan(value):
        return NOT_RECORDED
    names = [
        "under " + shown.format(edges[0]),
        *(f"{shown.format(a)} to {shown.format(b)}" for a, b in pairwise(edges)),
        shown.format(edges[-1]) + " or more",
    ]
    return names[int(np.searchsorted(edges, value, side="right"))]


def _pointer(rows: Sequence[Scored]) -> Grouping:
    """Keyboard-only use can be told only where the recorder noted clicks at all."""
    recorded = any(row.pointer for row in rows)

    def grouping(row: Scored) -> str:
        if not recorded:
            return NOT_RECORDED
        return "clicks" if row.pointer else "keyboard only"

    return grouping


def _own(column: str) -> Grouping:
    return lambda row: dict(row.groups).get(column, NOT_RECORDED) or NOT_RECORDED
