"""Rhythm shapes: 14 successive intervals as five coarse steps each, whatever the tempo.

A shape is read where an interval is longer than the two before and the two after it (an anchor),
so that two recordings of one rhythm read it at the same keys without knowing of each other. Each
interval is divided by the window's typical interval, which takes out the tempo, and put into one of
five steps. A shape common among typists says nothing; only those carrying `LEAST_BITS` or more are
kept. The side that stores keeps the shapes whose intervals lie far from a step's edge, the side
that asks also tries the neighbours of its three least certain steps (multi-probe: Lv, Josephson,
Wang, Charikar and Li 2007, *Multi-probe LSH*, VLDB; keeping only reliable parts of a noisy
measurement: Haitsma and Kalker 2002, *A highly robust audio fingerprinting system*, ISMIR).
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from detector.tables import IntArray

SHAPE_KEYS = 14
"""Intervals in a shape: short enough to stand seven times in a block of 20 keys."""
ANCHOR_AT = 2
"""The anchor's place in its shape: its two neighbours on each side are inside."""
EDGES = (-0.22, -0.05, 0.15, 0.42)
"""Edges of the five steps, in log10 of the ratio to the window's typical interval."""
STEP_BITS = (2.81, 1.85, 1.69, 2.70, 3.12)
"""Information of each step, -log2 of its share among the writers learnt from (KLiCKe)."""
LEAST_BITS = 26.0
LEAST_TRANSITIONS = 8
"""Different pairs of successive steps that a stored shape holds: a held key, two keys hit in turn
and other beats repeat a few."""
SPACING_KEYS = 8
"""At most one shape is stored in so many keys."""
MOST_SHAPES = 16_384
"""Most shapes stored of a session: over 131,072 keys they stand further apart."""
PROBED_STEPS = 3
ANCHOR_SLACK = 0.03
"""The side that asks takes anchors that miss by so much (log10)."""
SHORTEST_US = 1_000
TYPICAL_POWER = -0.5
TYPICAL_FLOOR_US = 20_000.0
_STEPS = len(EDGES) + 1
_WEIGHTS = _STEPS ** np.arange(SHAPE_KEYS, dtype=np.int64)
_LOW = np.array((-np.inf, *EDGES), dtype=np.float32)
_HIGH = np.array((*EDGES, np.inf), dtype=np.float32)
_BITS = np.array((*STEP_BITS, 0.0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shapes read from one sequence of intervals, a row each.

    Attributes:
        start: index of the shape's first interval.
        code: the 14 steps as one number.
        bits: information that the shape carries.
        step: the steps, 0 to 4; shape (n, 14).
        slack_us: by how much each interval may change and stay in its step; shape (n, 14).
        upper: whether the nearest edge is the step's upper one; shape (n, 14).
        anchor_slack_us: by how much the anchor exceeds its neighbours.
    """

    start: IntArray
    code: IntArray
    bits: NDArray[np.float32]
    step: NDArray[np.int64]
    slack_us: NDArray[np.float32]
    upper: NDArray[np.bool_]
    anchor_slack_us: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.start)


def read_shapes(
    interval_us: IntArray, anchor_slack: float = 0.0, most: int | None = None
) -> Shapes:
    """Read the shape at each anchor.

    Args:
        interval_us: intervals between successive text keys.
        anchor_slack: by how much (log10) an anchor may miss its neighbours.
        most: read only so many shapes, those whose anchors stand out most.
    """
    times = np.maximum(interval_us, SHORTEST_US)
    log = np.log10(times.astype(np.float32))
    start, excess = _anchors(log, anchor_slack, most)
    window = sliding_window_view(log, SHAPE_KEYS)[start] if len(start) else _NO_WINDOW
    typical = _typical_log(times, start)
    ratio = window - typical[:, None]
    step = sum((ratio > edge).astype(np.int64) for edge in _LOW[1:])
    below, above = ratio - _LOW[step], _HIGH[step] - ratio
    per_log = np.float32(np.log(10.0))
    length_us = np.power(np.float32(10.0), window)
    return Shapes(
        start=start,
        code=step @ _WEIGHTS,
        bits=_BITS[step].sum(axis=1),
        step=step,
        slack_us=np.minimum(below, above) * length_us * per_log,
        upper=above < below,
        anchor_slack_us=excess * length_us[:, ANCHOR_AT] * per_log,
    )


_NO_WINDOW = np.zeros((0, SHAPE_KEYS), dtype=np.float32)


def _anchors(
    log: NDArray[np.float32], slack: float, most: int | None
) -> tuple[IntArray, NDArray[np.float32]]:
    """Return where shapes start, and the excess of their anchors over the neighbours (log10)."""
    count = len(log) - SHAPE_KEYS + 1
    if count <= 0:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    beside = np.maximum(np.maximum(log[:count], log[1 : count + 1]), log[3 : count + 3])
    np.maximum(beside, log[4 : count + 4], out=beside)
    excess = log[ANCHOR_AT : count + ANCHOR_AT] - beside
    start = np.flatnonzero(excess > -slack)
    if most is not None and len(start) > most:
        start = start[excess[start] >= np.partition(excess[start], -most)[-most]]
    return start, excess[start]


def _typical_log(times: IntArray, start: IntArray) -> NDArray[np.float32]:
    """Return log10 of each window's typical interval, a power mean that pauses hardly move."""
    if not len(start):
        return np.zeros(0, np.float32)
    weight = np.maximum(times, TYPICAL_FLOOR_US).astype(np.float32) ** TYPICAL_POWER
    mean = sliding_window_view(weight, SHAPE_KEYS)[start].mean(axis=1)
    made: NDArray[np.float32] = np.log10(mean) / np.float32(TYPICAL_POWER)
    return made


def stored_shapes(shapes: Shapes, keys: int) -> IntArray:
    """Choose the rows to store: in each stretch of keys the one that bears most change.

    A shape bears what its fourth least certain step does, since the side that asks tries the
    neighbours of three.

    Args:
        shapes: the session's shapes; anchors that only slack let in are not stored.
        keys: length of the session, which bounds how many are stored.
    """
    telling = (shapes.bits >= LEAST_BITS) & (_transitions(shapes.step) >= LEAST_TRANSITIONS)
    rows = np.flatnonzero(telling & (shapes.anchor_slack_us > 0))
    if not len(rows):
        return rows
    certain = np.partition(shapes.slack_us[rows], PROBED_STEPS, axis=1)[:, PROBED_STEPS]
    certain = np.minimum(certain, shapes.anchor_slack_us[rows])
    stretch = shapes.start[rows] // max(SPACING_KEYS, -(-keys // MOST_SHAPES))
    order = np.lexsort((-certain, stretch))
    first = np.r_[True, np.diff(stretch[order]) > 0]
    chosen: IntArray = np.sort(rows[order[first]])
    return chosen


def _transitions(step: IntArray) -> NDArray[np.uint8]:
    """Count the different pairs of successive steps in each shape."""
    pair = (step[:, :-1] * _STEPS + step[:, 1:]).astype(np.uint32)
    counted: NDArray[np.uint8] = np.bitwise_count(
        np.bitwise_or.reduce(np.uint32(1) << pair, axis=1)
    )
    return counted


def probed_codes(shapes: Shapes) -> tuple[IntArray, IntArray]:
    """Return codes to look for and the start of each: a shape's own and its neighbours'.

    The neighbours change any of its three least certain steps to the next one.
    """
    if not len(shapes):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    near = np.argpartition(shapes.slack_us, PROBED_STEPS - 1, axis=1)[:, :PROBED_STEPS]
    old = np.take_along_axis(shapes.step, near, 1)
    move = np.where(np.take_along_axis(shapes.upper, near, 1), 1, -1)
    code_change = move * _WEIGHTS[near]
    bits_change = _BITS[old + move] - _BITS[old]
    codes, bits = shapes.code[:, None], shapes.bits[:, None]
    for number in range(PROBED_STEPS):
        codes = np.concatenate([codes, codes + code_change[:, number : number + 1]], axis=1)
        bits = np.concatenate([bits, bits + bits_change[:, number : number + 1]], axis=1)
    kept = bits >= LEAST_BITS - 1e-3
    starts = np.broadcast_to(shapes.start[:, None], codes.shape)
    return codes[kept], starts[kept]
