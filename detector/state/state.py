"""A session's state: sums over its batches, its stretches of typing, its rarer events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import BadStateError
from detector.from_wire.rows import pressed
from detector.state.stretches import BLOCK_BATCHES, PRESS, STRETCH_ROWS, Presses, Stretches, joined
from detector.state.switches import Switched, switched
from detector.tables import IntArray
from wire import events
from wire.batch import Batch
from wire.codes import MarkerKind, SourceName, SourceState
from wire.keys import KeyClass
from wire.schema import schema_of

MOST_EVENTS = 200
"""So many of a session's first insertions, copies and declarations are kept, of each kind."""
KEPT_KINDS: tuple[type[events.Event], ...] = (
    events.Insertion,
    events.Clipboard,
    events.DeclaredMode,
)
_LATEST_US = 1 << 62
_PAUSING = (MarkerKind.PAUSE, MarkerKind.RESUME, MarkerKind.CLOCK_OUT)
_DOWN = (SourceState.FAILED, SourceState.MISSING)


@dataclass(frozen=True, slots=True)
class State:
    """What the batches ``first`` to ``stop`` (not included) of one session come to.

    Attributes:
        first: sequence number of the first batch; 0 but for a later part of a session.
        stop: sequence number of the first batch that is not in it.
        end_us: the latest session time that a batch speaks for.
        spoken_us: how much time the batches speak for.
        presses: key presses of every class.
        text_keys: those that put something into a text or take it out.
        keyboard_down: when the keyboard's source was down.
        paused: when the person had paused.
        stretches: the typing.
        kept: columns of the rarer events by kind, shape (events, columns).
    """

    first: int = 0
    stop: int = 0
    end_us: int = 0
    spoken_us: int = 0
    presses: int = 0
    text_keys: int = 0
    keyboard_down: Switched = field(default_factory=Switched)
    paused: Switched = field(default_factory=Switched)
    stretches: Stretches = field(default_factory=Stretches)
    kept: Mapping[type[events.Event], IntArray] = field(default_factory=dict)


def beginning(first: int = 0) -> State:
    """Return the state of no batches, before the one numbered ``first``."""
    return State(first, first)


def update(state: State, batches: Sequence[Batch]) -> State:
    """Return the state with the next batches, the same whether they come one by one or together.

    Raises:
        BadStateError: the batches are not the next ones.
    """
    return merge(state, _state_of(batches)) if batches else state


def merge(before: State, after: State) -> State:
    """Return the state of two parts of a session that follow each other.

    Raises:
        BadStateError: they do not.
    """
    if before.stop != after.first:
        raise BadStateError("these batches do not follow the state's last one: rebuild it")
    kinds = {**before.kept, **after.kept}
    return State(
        first=before.first,
        stop=after.stop,
        end_us=max(before.end_us, after.end_us),
        spoken_us=before.spoken_us + after.spoken_us,
        presses=before.presses + after.presses,
        text_keys=before.text_keys + after.text_keys,
        keyboard_down=after.keyboard_down.after(before.keyboard_down),
        paused=after.paused.after(before.paused),
        stretches=joined(before.stretches, after.stretches, before.first, after.stop),
        kept={
            kind: np.concatenate(
                [part.kept[kind] for part in (before, after) if kind in part.kept]
            )[:MOST_EVENTS]
            for kind in kinds
        },
    )


def _state_of(batches: Sequence[Batch]) -> State:
    first = batches[0].header.sequence
    numbers = [batch.header.sequence for batch in batches]
    if numbers != list(range(first, first + len(batches))):
        raise BadStateError("batches are missing or out of order: read them again")
    rows, ends = _presses(batches)
    return State(
        first=first,
        stop=first + len(batches),
        end_us=max(batch.header.end_us for batch in batches),
        spoken_us=sum(batch.header.end_us - batch.header.start_us for batch in batches),
        presses=len(rows),
        text_keys=int(np.count_nonzero(rows["key"] <= KeyClass.DELETE)),
        keyboard_down=switched(_keyboard_changes(batches)),
        paused=switched(_pause_changes(batches)),
        stretches=Stretches(open=_by_block(first, rows, ends)),
        kept=_kept(batches),
    )


def _presses(batches: Sequence[Batch]) -> tuple[Presses, list[int]]:
    """Return all key presses, and where each batch's end."""
    found = [batch.body.tables.get(events.Keystroke) for batch in batches]
    lengths = [len(columns["t_us"]) if columns else 0 for columns in found]
    rows = np.zeros(sum(lengths), PRESS)
    if len(rows):
        columns = {
            name: np.concatenate([np.asarray(c[name]) for c in found if c]).astype(np.int64)
            for name in ("t_us", "hold_us", "key_class", "flags")
        }
        rows["key"], hold_us = pressed(columns)
        rows["hold_us"] = np.minimum(hold_us, np.iinfo(np.int32).max)
        rows["t_us"] = columns["t_us"]
    return rows, np.cumsum(lengths).tolist()


def _by_block(first: int, rows: Presses, ends: Sequence[int]) -> dict[int, Presses]:
    """Return each block's first presses; a block without any too, so that it can end."""
    stop = first + len(ends)
    found = {}
    for block in range(first // BLOCK_BATCHES, (stop - 1) // BLOCK_BATCHES + 1):
        begin = max(block * BLOCK_BATCHES, first) - first
        end = min((block + 1) * BLOCK_BATCHES, stop) - first
        start_row = ends[begin - 1] if begin else 0
        found[block] = rows[start_row : min(ends[end - 1], start_row + STRETCH_ROWS)]
    return found


def _keyboard_changes(batches: Sequence[Batch]) -> list[tuple[int, bool]]:
    return [
        (min(event.t_us, _LATEST_US), event.state in _DOWN)
        for batch in batches
        if events.Health in batch.body.tables
        for event in batch.body.events(events.Health)
        if event.source == SourceName.KEYBOARD
    ]


def _pause_changes(batches: Sequence[Batch]) -> list[tuple[int, bool]]:
    """Return the switches; a pause whose end was lost is over where a header speaks again."""
    found = []
    for batch in batches:
        if batch.header.end_us > batch.header.start_us:
            found.append((batch.header.start_us, False))
        if events.Marker in batch.body.tables:
            found.extend(
                (min(event.t_us, _LATEST_US), event.marker == MarkerKind.PAUSE)
                for event in batch.body.events(events.Marker)
                if event.marker in _PAUSING
            )
    return found


def _kept(batches: Sequence[Batch]) -> dict[type[events.Event], IntArray]:
    found: dict[type[events.Event], IntArray] = {}
    for kind in KEPT_KINDS:
        parts = [
            np.array([columns[entry.name] for entry in schema_of(kind)], dtype=np.uint64)
            for columns in (batch.body.tables.get(kind) for batch in batches)
            if columns
        ]
        if parts:
            rows: NDArray[Any] = np.concatenate(parts, axis=1).T[:MOST_EVENTS]
            found[kind] = np.ascontiguousarray(rows).view(np.int64)
    return found
