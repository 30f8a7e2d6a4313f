"""A session's state: sums over its batches, its stretches of typing, its rarer events."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice

import numpy as np

from detector.errors import BadStateError
from detector.from_wire.columns import Columns, DecodedColumns
from detector.from_wire.rows import hold_pressed, key_pressed
from detector.state.stretches import BLOCK_BATCHES, PRESS, STRETCH_ROWS, Presses, Stretches, joined
from detector.state.switches import Switched, switched
from detector.tables import IntArray
from wire import events
from wire.batch import Batch
from wire.codes import MarkerKind, SourceName, SourceState
from wire.header import Header
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
    headers = [batch.header for batch in batches]
    return update_from(state, headers, DecodedColumns([batch.body for batch in batches]))


def update_from(state: State, headers: Sequence[Header], columns: Columns) -> State:
    """Return the state with the next batches, of which no more is decoded than it needs.

    Raises:
        BadStateError: the batches are not the next ones.
    """
    return merge(state, _part(state.stretches, headers, columns)) if headers else state


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


def _part(before: Stretches, headers: Sequence[Header], columns: Columns) -> State:
    """Return the state of some batches alone, without presses that ``before`` has no use for."""
    first = headers[0].sequence
    if any(header.sequence != first + n for n, header in enumerate(headers)):
        raise BadStateError("batches are missing or out of order: read them again")
    lengths = columns.rows(events.Keystroke)
    key = key_pressed(
        *(
            columns.column(events.Keystroke, name, 0, len(headers))
            for name in ("key_class", "flags")
        )
    )
    return State(
        first=first,
        stop=first + len(headers),
        end_us=max(header.end_us for header in headers),
        spoken_us=sum(header.end_us - header.start_us for header in headers),
        presses=len(key),
        text_keys=int(np.count_nonzero(key <= KeyClass.DELETE)),
        keyboard_down=switched(_keyboard_changes(columns, len(headers))),
        paused=switched(_pause_changes(headers, columns)),
        stretches=Stretches(open=_by_block(before, first, lengths, key, columns)),
        kept=_kept(columns, len(headers)),
    )


def _by_block(
    before: Stretches, first: int, lengths: Sequence[int], key: IntArray, columns: Columns
) -> dict[int, Presses]:
    """Return each block's next presses; a block without any too, so that it can end."""
    stop = first + len(lengths)
    complete = set(before.done["block"].tolist())
    ends = [0, *accumulate(lengths)]
    found = {}
    for block in range(first // BLOCK_BATCHES, (stop - 1) // BLOCK_BATCHES + 1):
        if block in complete:
            continue
        begin = max(block * BLOCK_BATCHES, first) - first
        end = min((block + 1) * BLOCK_BATCHES, stop) - first
        wanted = ends[begin] + STRETCH_ROWS - len(before.open.get(block, ()))
        enough = bisect_left(ends, wanted, begin, end)
        rows = slice(ends[begin], min(ends[enough], wanted))
        found[block] = _presses(columns, begin, enough, key[rows])
    return found


def _presses(columns: Columns, begin: int, end: int, key: IntArray) -> Presses:
    """Return the first presses of some batches, as many as there are keys."""
    rows = np.zeros(len(key), PRESS)
    if len(key):
        t_us, hold_us = (
            columns.column(events.Keystroke, name, begin, end)[: len(key)]
            for name in ("t_us", "hold_us")
        )
        rows["t_us"], rows["key"] = t_us, key
        rows["hold_us"] = np.minimum(hold_pressed(hold_us), np.iinfo(np.int32).max)
    return rows


def _keyboard_changes(columns: Columns, count: int) -> list[tuple[int, bool]]:
    if not any(columns.rows(events.Health)):
        return []
    source, state = (
        columns.column(events.Health, name, 0, count).tolist() for name in ("source", "state")
    )
    return [
        (t_us, now in _DOWN)
        for t_us, of, now in zip(
            _times_us(columns, events.Health, count), source, state, strict=True
        )
        if of == SourceName.KEYBOARD
    ]


def _pause_changes(headers: Sequence[Header], columns: Columns) -> Iterator[tuple[int, bool]]:
    """Yield the switches; a pause whose end was lost is over where a header speaks again."""
    lengths = columns.rows(events.Marker)
    markers: Iterator[tuple[int, int]] = iter(())
    if any(lengths):
        kinds = columns.column(events.Marker, "marker", 0, len(headers)).tolist()
        markers = zip(_times_us(columns, events.Marker, len(headers)), kinds, strict=True)
    for header, length in zip(headers, lengths, strict=True):
        if header.end_us > header.start_us:
            yield header.start_us, False
        for t_us, marker in islice(markers, length):
            if marker in _PAUSING:
                yield t_us, marker == MarkerKind.PAUSE


def _times_us(columns: Columns, kind: type[events.Event], count: int) -> list[int]:
    t_us = columns.column(kind, "t_us", 0, count).view(np.uint64)
    found: list[int] = np.minimum(t_us, np.uint64(_LATEST_US)).tolist()
    return found


def _kept(columns: Columns, count: int) -> dict[type[events.Event], IntArray]:
    found: dict[type[events.Event], IntArray] = {}
    for kind in KEPT_KINDS:
        if any(columns.rows(kind)):
            rows = [columns.column(kind, entry.name, 0, count) for entry in schema_of(kind)]
            found[kind] = np.stack(rows, axis=1)[:MOST_EVENTS]
    return found
