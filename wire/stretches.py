"""Stretches of a session that follow from its events, the same for hours and for the detector."""

from collections.abc import Iterable

from wire.codes import MarkerKind
from wire.events import Marker
from wire.header import Header

Intervals = tuple[tuple[int, int], ...]
"""(start, end) in session microseconds, in order, without overlaps."""

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
