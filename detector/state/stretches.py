"""Stretches of typing of an open session, at edges that no grouping of its batches moves.

Every `BLOCK_BATCHES` batches there is a block, counted from the session's first batch. Of each
block the first `STRETCH_ROWS` key presses are the stretch that is judged: computed once, as soon as
they are there or the block is over. Until then its presses are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import BadTableError
from detector.features.inputlog import INPUTLOG_NAMES, inputlog_features
from detector.features.stream import text_stream
from detector.features.vector import FEATURE_NAMES, stream_vector
from detector.tables import keystrokes
from detector.typing_evidence import MIN_KEYS

BLOCK_BATCHES = 60
"""Half an hour at one batch each 30 s."""
STRETCH_ROWS = 1_200
MOST_BLOCKS = 16
"""Of a longer session every second block is kept, then every fourth, spread evenly as ever."""
VECTOR_NAMES = (*FEATURE_NAMES, *INPUTLOG_NAMES)
PRESS = np.dtype([("t_us", "<i8"), ("hold_us", "<i4"), ("key", "i1")])
STRETCH = np.dtype(
    [("block", "<i4"), ("keys", "<i4"), ("vector", "<f4", (len(VECTOR_NAMES),))],
)
"""`keys` is 0 where the presses make no table; such a stretch is not judged."""

Presses = NDArray[Any]
"""Key presses in the order of their batches, of type `PRESS`."""
NO_STRETCHES = np.zeros(0, STRETCH)


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches that are complete, and presses of blocks that are not.

    Attributes:
        done: rows of `STRETCH` in order of their blocks.
        open: presses by block: of the last one, and of the first where this part of the session
            begins within it.
    """

    done: NDArray[Any] = field(default_factory=lambda: NO_STRETCHES)
    open: Mapping[int, Presses] = field(default_factory=dict)


def joined(before: Stretches, after: Stretches, first: int, stop: int) -> Stretches:
    """Return the stretches of two parts, which together are the batches ``first`` to ``stop``."""
    presses = dict(before.open)
    complete = set(before.done["block"].tolist())
    for block, rows in after.open.items():
        if block not in complete:
            held = [presses[block], rows] if block in presses else [rows]
            presses[block] = np.concatenate(held)[:STRETCH_ROWS]
    step = _step(stop)
    found = [part[part["block"] % step == 0] for part in (before.done, after.done)]
    still: dict[int, Presses] = {}
    for block, rows in sorted(presses.items()):
        begun = block * BLOCK_BATCHES >= first
        if block % step:
            continue
        if begun and (len(rows) == STRETCH_ROWS or (block + 1) * BLOCK_BATCHES <= stop):
            found.append(_computed(block, rows))
        else:
            still[block] = rows
    done = np.concatenate(found)
    return Stretches(done[np.argsort(done["block"], kind="stable")], still)


def _step(stop: int) -> int:
    """Return 1, 2, 4 ...: of so many blocks one is kept."""
    blocks = max(-(-stop // BLOCK_BATCHES), 1)
    return 1 << max((blocks - 1) // MOST_BLOCKS, 0).bit_length()


def _computed(block: int, rows: Presses) -> NDArray[Any]:
    made = np.zeros(1, STRETCH)
    made["block"] = block
    try:
        stream = text_stream(keystrokes(rows["t_us"], rows["key"], rows["hold_us"]))
    except BadTableError:
        return made
    if len(stream) < MIN_KEYS:
        return made[:0] if len(rows) < STRETCH_ROWS else made
    made["keys"] = len(stream)
    made["vector"] = np.concatenate([stream_vector(stream), inputlog_features(stream)])
    return made
