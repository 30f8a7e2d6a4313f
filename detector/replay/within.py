"""A session that replays itself: later shapes that stood earlier already."""

from dataclasses import dataclass

import numpy as np

from detector.features.stream import TextStream
from detector.replay.searching import (
    covered_keys,
    disjoint,
    expanded,
    in_order,
)
from detector.replay.shapes import (
    ANCHOR_SLACK,
    SHAPE_KEYS,
    probed_codes,
    read_shapes,
    stored_shapes,
)

LEAST_VOTES_WITHIN = 8
LEAST_IN_ORDER_WITHIN = 5
"""More than between sessions: one person's own phrases resemble each other more, and hands that
idle on a few keys have a beat."""
MOST_READ = 800
"""Shapes read of a session, so that a day's session costs no more than one of 5,000 keys: of a
longer session only repetitions of more keys show."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """Votes for an earlier part of the session, how many stand in a row, keystrokes covered."""

    votes: int
    in_order: int
    keystrokes: int


def replayed_within(stream: TextStream) -> int:
    """Count keystrokes whose rhythm stood earlier in the session, up to noise and tempo."""
    found = repetition(stream)
    enough = found.in_order >= LEAST_IN_ORDER_WITHIN or found.votes >= LEAST_VOTES_WITHIN
    return found.keystrokes if enough else 0


def repetition(stream: TextStream) -> Repetition:
    """Return what of the session's rhythm stands earlier in it."""
    shapes = read_shapes(stream.interval_us[1:], ANCHOR_SLACK, MOST_READ)
    kept = stored_shapes(shapes, len(stream))
    kept = kept[np.argsort(shapes.code[kept], kind="stable")]
    code, place = shapes.code[kept], shapes.start[kept]
    asked, start = probed_codes(shapes)
    known = np.isin(asked, code)
    asked, start = asked[known], start[known]
    low, high = np.searchsorted(code, asked, "left"), np.searchsorted(code, asked, "right")
    start, stored = np.repeat(start, high - low), place[expanded(low, high - low)]
    earlier = stored + SHAPE_KEYS <= start
    start, stored = start[earlier], stored[earlier]
    rows = disjoint(start, stored)
    if not len(rows):
        return Repetition(0, 0, 0)
    start, stored = start[rows], stored[rows]
    return Repetition(len(rows), in_order(start, stored), len(covered_keys(start, stored)))
