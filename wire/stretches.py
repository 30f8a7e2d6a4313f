"""Stretches of a session that follow from its events, the same for hours and for the detector."""

from collections.abc import Iterable

from wire.codes import MarkerKind, PresenceChange
from wire.events import ManualTime, Marker
from wire.header import Header

Intervals = tuple[tuple[int, int], ...]
"""(start, end) in session microseconds, in order, without overlaps."""

AWAY = frozenset((PresenceChange.IDLE, PresenceChange.LOCKED, PresenceChange.SUSPENDED))
"""Changes after which nobody is at work; any other ends that."""
MANUAL_REACH_US = 24 * 3600 * 1_000_000
"""So long before clock-in, and not earlier, can time be added by hand."""
_MARKS = frozenset((MarkerKind.PAUSE, MarkerKind.RESUME, MarkerKind.CLOCK_OUT))


def between(changes: Iterable[tuple[int, bool]], end_us: int) -> Intervals:
    """From each beginning to the next end; (time, begins) in any order, an open one to `end_us`."""
    found: list[tuple[int, int]] = []
    since: int | None = None
    for t_us, begins in sorted(changes):
        if begins and since is None:
            since = t_us
        elif not begins and since is not None:
            found.append((since, t_us))
            since = None
    if since is not None:
        found.append((since, max(end_us, since)))
    return tuple(found)


def pauses(headers: Iterable[Header], markers: Iterable[Marker], end_us: int) -> Intervals:
    """From each pause to the resume after it.

    An agent's headers never speak for paused time: a pause whose end was lost is over where a
    header speaks again, so a lost batch cannot swallow the rest of a day.
    """
    marked = [
        (marker.t_us, marker.marker == MarkerKind.PAUSE)
        for marker in markers
        if marker.marker in _MARKS
    ]
    spoken = [(header.start_us, False) for header in headers if header.end_us > header.start_us]
    return between([*marked, *spoken], end_us)


def manual(added: Iterable[ManualTime], end_us: int) -> list[tuple[int, int]]:
    """What the trainer added by hand: from a day before clock-in to the session's end."""
    found = []
    for each in added:
        start_us = max(each.start_us, -MANUAL_REACH_US)
        stop_us = min(each.start_us + each.length_s * 1_000_000, end_us)
        if stop_us > start_us:
            found.append((start_us, stop_us))
    return found


def joined(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Intervals with overlaps merged, in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def without(
    intervals: Iterable[tuple[int, int]], taken: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The parts of intervals that lie in none of `taken`."""
    rest: list[tuple[int, int]] = []
    gone = joined(taken)
    first = 0
    for start, end in joined(intervals):
        while first < len(gone) and gone[first][1] <= start:
            first += 1
        at, number = start, first
        while number < len(gone) and gone[number][0] < end:
            if gone[number][0] > at:
                rest.append((at, gone[number][0]))
            at = max(at, gone[number][1])
            number += 1
        if at < end:
            rest.append((at, end))
    return rest


def length_us(intervals: Iterable[tuple[int, int]]) -> int:
    """How long intervals without overlaps are together."""
    return sum(end - start for start, end in intervals)
