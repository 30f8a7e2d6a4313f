"""From the batches that a session's agent sent to one `Recording`."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from detector.from_wire.rows import (
    Rows,
    category_of,
    events_of,
    hold_pressed,
    key_pressed,
    length_of,
    rows_of,
    watched,
)
from detector.from_wire.surroundings import (
    device_of,
    elsewhere_of,
    manual_of,
    page_of,
    pointer_of,
    presence_of,
    submissions_of,
    tasks_of,
)
from detector.tables import (
    MISSING,
    Copy,
    Focus,
    InputOrigin,
    Insertion,
    IntArray,
    Keystrokes,
    Recording,
    keystrokes,
)
from wire import events
from wire.batch import Batch
from wire.body import Body
from wire.codes import (
    ClipboardAction,
    InsertionHow,
    InsertionSeenBy,
    KeyFlag,
    Mode,
    SourceName,
    SourceState,
)
from wire.stretches import Intervals, between, pauses

T = TypeVar("T")
Modes = Mapping[Mode, Intervals]
MOST = 0.5
"""A mode changes what the whole session's typing counts for from this share of the keys on."""
NO_TEXTS: Mapping[bytes, str] = MappingProxyType({})
SAME_INSERTION_US = 1_500_000
"""Two observations of one paste (the shortcut, then the transfer) are at most this far apart."""

_WATCHED_FOR_TYPING = (SourceName.KEYBOARD,)
_DOWN = (SourceState.FAILED, SourceState.MISSING)


def recording_from_batches(
    batches: Iterable[Batch], texts: Mapping[bytes, str] = NO_TEXTS
) -> Recording:
    """Join the batches of one session, in any order, into a recording.

    Time that no batch speaks for, or in which the keyboard source was down, is marked as
    unobserved; paused time as paused.

    Args:
        batches: what the session's agent sent.
        texts: class sequences of submitted texts by the digest of their stored object
            (`wire.textclass.unpack_classes`); a submission without one keeps its length alone.
    """
    ordered = sorted(batches, key=lambda batch: batch.header.sequence)
    bodies = [batch.body for batch in ordered]
    end_us = max((batch.header.end_us for batch in ordered), default=0)
    table, origin = _keystrokes(bodies)
    health = rows_of(bodies, events.Health)
    modes = _declared(bodies, end_us)
    away, media = presence_of(bodies, health, end_us)
    return Recording(
        keystrokes=table,
        insertions=_seen(_insertions(bodies, modes), health, SourceName.INSERTIONS),
        copies=_seen(copies_of(bodies), health, SourceName.CLIPBOARD),
        focus=_focus(bodies, end_us) if watched(health, SourceName.FOCUS) else None,
        pointer=pointer_of(bodies, health),
        page=page_of(bodies, health, end_us),
        submissions=submissions_of(bodies, health, texts),
        tasks=tasks_of(bodies, end_us),
        elsewhere=elsewhere_of(bodies),
        away=away,
        media=media,
        manual=manual_of(bodies, end_us),
        device=device_of(bodies),
        origin=origin,
        declared=_in_force(modes, table, end_us),
        unobserved=_unobserved(ordered, health, end_us),
        paused=_paused(ordered, end_us),
        duration_us=end_us,
    )


def _keystrokes(bodies: Sequence[Body]) -> tuple[Keystrokes, InputOrigin | None]:
    if not bodies:
        return keystrokes((), ()), None
    rows = rows_of(bodies, events.Keystroke)
    flags = rows["flags"]
    key = key_pressed(rows["key_class"], flags)
    known = (flags & KeyFlag.ORIGIN_KNOWN) != 0
    injected = np.where(known, (flags & KeyFlag.INJECTED) != 0, MISSING).astype(np.int64)
    table = keystrokes(rows["t_us"], key, hold_pressed(rows["hold_us"]))
    return table, InputOrigin(injected, rows["device"])


def _seen(found: tuple[T, ...], health: Rows, by: SourceName) -> tuple[T, ...] | None:
    """What was found; none found is evidence only where the source was watching."""
    return found if found or watched(health, by) else None


def _insertions(bodies: Sequence[Body], modes: Modes) -> tuple[Insertion, ...]:
    """Return the insertions, with weaker and stronger sightings of one insertion joined."""
    kept: list[tuple[events.Insertion, Insertion]] = []
    seen = sorted(
        (event for event in events_of(bodies, events.Insertion)),
        key=lambda event: event.t_us,
    )
    for event in seen:
        insertion = insertion_of(event, _modes_at(modes, event.t_us))
        if kept and _same_insertion(kept[-1][0], event):
            if event.seen_by > kept[-1][0].seen_by:
                kept[-1] = (event, insertion)
            continue
        kept.append((event, insertion))
    return tuple(insertion for _, insertion in kept)


def insertion_of(event: events.Insertion, aids: frozenset[Mode] = frozenset()) -> Insertion:
    """Return one insertion as it was told."""
    how = InsertionHow(event.how) if event.how in set(InsertionHow) else InsertionHow.UNKNOWN
    length, seen_by = length_of(event.length_chars), _observer(event.seen_by)
    return Insertion(event.t_us, length, how, event.tag, aids, seen_by)


def _observer(value: int) -> InsertionSeenBy | None:
    return InsertionSeenBy(value) if value in set(InsertionSeenBy) else None


def _same_insertion(first: events.Insertion, second: events.Insertion) -> bool:
    near = second.t_us - first.t_us <= SAME_INSERTION_US
    differs = first.seen_by != second.seen_by
    tags = first.tag == second.tag or not first.tag or not second.tag
    known = events.MISSING_U32 not in (first.length_chars, second.length_chars)
    return near and differs and tags and (first.length_chars == second.length_chars or not known)


def copies_of(bodies: Sequence[Body]) -> tuple[Copy, ...]:
    """Return the copies that were told, in their order."""
    found = [
        Copy(
            event.t_us,
            length_of(event.length_chars),
            category_of(event.source),
            event.tag,
            cut=event.action == ClipboardAction.CUT,
        )
        for event in events_of(bodies, events.Clipboard)
    ]
    return tuple(sorted(found, key=lambda copy: copy.t_us))


def _focus(bodies: Sequence[Body], end_us: int) -> tuple[Focus, ...]:
    if not bodies:
        return ()
    rows = rows_of(bodies, events.Focus)
    starts = rows["t_us"].tolist()
    stops = [*starts[1:], max(end_us, *starts[-1:])] if starts else []
    categories = rows["category"].tolist()
    return tuple(
        Focus(start, stop, category_of(category))
        for start, stop, category in zip(starts, stops, categories, strict=True)
    )


def _declared(bodies: Sequence[Body], end_us: int) -> Modes:
    """When each declared mode was in force."""
    changes: dict[Mode, list[tuple[int, bool]]] = {}
    for event in events_of(bodies, events.DeclaredMode):
        if event.mode in set(Mode):
            changes.setdefault(Mode(event.mode), []).append((event.t_us, bool(event.on)))
    return {mode: between(found, end_us) for mode, found in changes.items()}


def _in_force(modes: Modes, table: Keystrokes, end_us: int) -> frozenset[Mode]:
    """The modes that were in force for most of the typing; of a short one only its part counts."""
    moments = table.t_us if len(table) else np.array([end_us // 2])
    return frozenset(
        mode
        for mode, intervals in modes.items()
        if _count_within(intervals, moments) >= MOST * len(moments)
    )


def _count_within(intervals: Intervals, moments: IntArray) -> int:
    bounds = np.array(intervals, dtype=np.int64).reshape(-1, 2)
    until = np.searchsorted(moments, bounds[:, 1], "right")
    return int(np.sum(until - np.searchsorted(moments, bounds[:, 0], "left")))


def _modes_at(modes: Modes, t_us: int) -> frozenset[Mode]:
    moment = np.array([t_us])
    return frozenset(mode for mode, spans in modes.items() if _count_within(spans, moment))


def _paused(batches: Sequence[Batch], end_us: int) -> Intervals:
    headers = [batch.header for batch in batches]
    markers = [marker for batch in batches for marker in batch.body.events(events.Marker)]
    return pauses(headers, markers, end_us)


def _unobserved(batches: Sequence[Batch], health: Rows, end_us: int) -> Intervals:
    gaps, spoken_until = [], 0
    for batch in batches:
        if batch.header.start_us > spoken_until:
            gaps.append((spoken_until, batch.header.start_us))
        spoken_until = max(spoken_until, batch.header.end_us)
    changes = [
        (int(t_us), int(state) in _DOWN)
        for t_us, source, state in zip(
            health["t_us"], health.get("source", ()), health.get("state", ()), strict=False
        )
        if int(source) in _WATCHED_FOR_TYPING
    ]
    return tuple(sorted([*gaps, *between(changes, end_us)]))
