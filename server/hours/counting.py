"""What a session's batches say of the person's time: stretches by kind, in whole UTC seconds.

The clock is the server's at the opening plus the session's monotonic clock. The device's clock of
day is never asked. What lies beyond the time that the server itself saw pass is no time at all.
"""

from collections.abc import Iterable

import msgspec

from server.records.hours import Kind, Stretch
from server.scoring.facts import (
    OpenedSession,
    idle_intervals,
    lost_stretches,
    manual_intervals,
    paused_intervals,
)
from wire.codes import Ability, LossReason, Observable, SourceName, SourceState
from wire.events import Health
from wire.stretches import Intervals, joined, without

_CLOCKS_APART_US = 60_000_000
"""Less is the way of clocks and networks."""
_DOWN = frozenset((SourceState.FAILED, SourceState.MISSING))
_NEEDED = frozenset(
    (
        SourceName.KEYBOARD,
        SourceName.POINTER,
        SourceName.FOCUS,
        SourceName.CLIPBOARD,
        SourceName.INSERTIONS,
        SourceName.SCREENSHOTS,
        SourceName.PRESENCE,
    )
)
"""Without one of these a minute is observed in part; the others only add to what these see."""
_MUST_SEE = frozenset((Observable.KEYBOARD, Observable.POINTER, Observable.FOCUS))
_EVENTS_LOST = frozenset(LossReason) - {LossReason.OBJECT_EXPIRED, LossReason.REFUSED_BY_SERVER}
_ALL = (-(1 << 62), 1 << 62)
_SECOND_US = 1_000_000


def stretches_of(opened: OpenedSession, opened_us: int, observes: bytes | None) -> list[Stretch]:
    """The time of a closed session by kind; pauses and idle time are in none.

    Args:
        opened: Its batches.
        opened_us: When the server opened it.
        observes: What its device said that it can observe, as stored.
    """
    claimed_us = max((header.end_us for header in opened.headers), default=0)
    seen_us = max(opened.received_us, default=opened_us) - opened_us + _CLOCKS_APART_US
    end_us = min(claimed_us, seen_us)
    paused = paused_intervals(opened, claimed_us)
    lost = joined((s.start_ms * 1000, s.end_ms * 1000) for s in lost_stretches(opened))
    idle = idle_intervals(opened.batches, claimed_us)
    off = tuple(joined([*paused, *lost, *idle]))
    manual = manual_intervals(opened, off, claimed_us)
    worked = without([(0, claimed_us)], off) if claimed_us else []
    partly = [_ALL] if _sees_in_part(observes) else _seen_in_part(opened, claimed_us)
    kinds = (
        (Kind.OBSERVED, without(worked, partly)),
        (Kind.PARTLY, without(worked, without([_ALL], partly))),
        (Kind.MANUAL, manual),
        (Kind.UNOBSERVABLE, without(lost, [*paused, *idle, *manual])),
    )
    return _in_seconds(opened_us, end_us, kinds)


def _in_seconds(
    opened_us: int, end_us: int, kinds: Iterable[tuple[Kind, Iterable[tuple[int, int]]]]
) -> list[Stretch]:
    """Every edge is rounded down, so that stretches which touch still touch and none overlap."""
    found = []
    for kind, intervals in kinds:
        for start, end in intervals:
            first = (opened_us + min(start, end_us)) // _SECOND_US
            last = (opened_us + min(end, end_us)) // _SECOND_US
            if last > first:
                found.append((first, last, kind))
    return sorted(found)


def _sees_in_part(observes: bytes | None) -> bool:
    if observes is None:
        return False
    said = msgspec.json.decode(observes, type=list[tuple[int, int]])
    return any(what in _MUST_SEE and ability == Ability.NO for what, ability in said)


def _seen_in_part(opened: OpenedSession, end_us: int) -> list[tuple[int, int]]:
    lossy = [
        (header.start_us, header.end_us)
        for header in opened.headers
        if any(header.losses.get(reason) for reason in _EVENTS_LOST)
    ]
    return joined([*lossy, *_down(opened, end_us)])


def _down(opened: OpenedSession, end_us: int) -> Intervals:
    """When a source that is needed had failed or was missing."""
    changes = sorted(
        (event.t_us, event.source, event.state)
        for batch in opened.batches
        for event in batch.body.events(Health)
        if event.source in _NEEDED
    )
    found, since = [], dict[int, int]()
    for t_us, source, state in changes:
        if state in _DOWN:
            since.setdefault(source, t_us)
        elif source in since:
            found.append((since.pop(source), t_us))
    found += [(t_us, max(end_us, t_us)) for t_us in since.values()]
    return tuple(joined(found))
