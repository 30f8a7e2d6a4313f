"""The trainer's hours as this device knows them: small rows of each batch, and totals of a day.

Batches leave when they are acknowledged; these rows stay, so that the hours can be shown without
asking anybody. They are written in the batch's own transaction. Pure: no clock, no file.

All times are session microseconds. A row also says where the session's zero lies on the wall
clock (`zero_us`), as read when its batch was sealed: lengths follow the monotonic clock, and only
the day that a moment belongs to follows the wall clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

from wire.batch import Envelope, decode
from wire.codes import MarkerKind
from wire.events import ManualTime, Marker, Presence
from wire.stretches import AWAY, MANUAL_REACH_US, between, joined, length_us, without

Interval = tuple[int, int]


class What(IntEnum):
    """What a row says."""

    COVERED = 0
    """Batches speak for this stretch."""
    PAUSE_BEGAN = 1
    PAUSE_ENDED = 2
    AWAY_BEGAN = 3
    """No input, locked or suspended."""
    AWAY_ENDED = 4
    MANUAL = 5
    """Added by hand."""


@dataclass(frozen=True, slots=True)
class HourRow:
    """One stretch, or one moment (then both times are the same)."""

    what: What
    start_us: int
    end_us: int
    zero_us: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Seconds by kind."""

    observed_s: float = 0.0
    """Recorded work, reading included."""
    idle_s: float = 0.0
    """No input for longer than the project allows, locked or suspended."""
    paused_s: float = 0.0
    manual_s: float = 0.0
    """Added by hand, where nothing was observed besides."""
    unobserved_s: float = 0.0
    """Clocked in, and no batch speaks for it: asleep, or the recorder was stopped."""

    def __add__(self, other: "Hours") -> "Hours":
        """Both together."""
        return Hours(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(Hours))
        )

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return any(getattr(self, each.name) for each in fields(Hours))


def rows_of(envelope: Envelope, zero_us: int) -> list[HourRow]:
    """What a sealed batch adds to the hours."""
    header, body = envelope.header, decode(envelope).body
    moments = [
        (event.t_us, What.PAUSE_BEGAN if event.marker == MarkerKind.PAUSE else What.PAUSE_ENDED)
        for event in body.events(Marker)
        if event.marker in (MarkerKind.PAUSE, MarkerKind.RESUME, MarkerKind.CLOCK_OUT)
    ]
    moments += [
        (event.t_us, What.AWAY_BEGAN if event.change in AWAY else What.AWAY_ENDED)
        for event in body.events(Presence)
    ]
    rows = [HourRow(what, t_us, t_us, zero_us) for t_us, what in moments]
    rows += [
        HourRow(What.MANUAL, max(event.start_us, -MANUAL_REACH_US), _end_us(event), zero_us)
        for event in body.events(ManualTime)
    ]
    if header.end_us > header.start_us:
        rows.append(HourRow(What.COVERED, header.start_us, header.end_us, zero_us))
    return rows


def hours_within(
    rows: Sequence[HourRow], from_us: int, to_us: int, now_us: int | None = None
) -> Hours:
    """One session's hours between two moments of the wall clock, split exactly.

    `now_us` (wall clock) is given for a session that goes on: a pause lasts until then.
    """
    covered = [row for row in rows if row.what is What.COVERED]
    sealed_us = max((row.end_us for row in rows if row.what is not What.MANUAL), default=0)
    last_us = sealed_us
    if now_us is not None and rows:
        last_us = max(last_us, now_us - rows[-1].zero_us)
    away = between(_changes(rows, What.AWAY_BEGAN, What.AWAY_ENDED), last_us)
    # As the server counts (`wire.stretches.pauses`): a lost end is over where a batch speaks again.
    spoken = [(row.start_us, False) for row in covered]
    pauses = between([*_changes(rows, What.PAUSE_BEGAN, What.PAUSE_ENDED), *spoken], last_us)
    observed, idle = 0, 0
    for row in covered:
        part = _clipped((row.start_us, row.end_us), row.zero_us, from_us, to_us)
        worked = without(part, away)
        observed += length_us(worked)
        idle += length_us(part) - length_us(worked)
    spans = joined((row.start_us, row.end_us) for row in covered)
    worked_us = without(spans, away)
    zero_us = _zero_at(rows)
    paused = [part for each in pauses for part in _clipped(each, zero_us(each[0]), from_us, to_us)]
    # What is not sealed yet is not missing: the next batch speaks for it.
    gaps = without([(0, sealed_us)], [*spans, *pauses]) if covered else []
    missing = [part for each in gaps for part in _clipped(each, zero_us(each[0]), from_us, to_us)]
    manual = [
        part
        for row in rows
        if row.what is What.MANUAL
        for part in _clipped((row.start_us, row.end_us), row.zero_us, from_us, to_us)
    ]
    return Hours(
        _seconds(observed),
        _seconds(idle),
        _seconds(length_us(joined(paused))),
        _seconds(length_us(without(manual, worked_us))),
        _seconds(length_us(missing)),
    )


def _end_us(event: ManualTime) -> int:
    return max(event.start_us, min(event.start_us + event.length_s * 1_000_000, event.t_us))


def _changes(rows: Iterable[HourRow], begins: What, ends: What) -> list[tuple[int, bool]]:
    return [(row.start_us, row.what is begins) for row in rows if row.what in (begins, ends)]


def _clipped(interval: Interval, zero_us: int, from_us: int, to_us: int) -> list[Interval]:
    start_us = max(interval[0], from_us - zero_us)
    end_us = min(interval[1], to_us - zero_us)
    return [(start_us, end_us)] if end_us > start_us else []


def _zero_at(rows: Sequence[HourRow]) -> "_Zero":
    return _Zero(sorted((row.start_us, row.zero_us) for row in rows if row.what is not What.MANUAL))


class _Zero:
    """Where the session's zero lay on the wall clock at a session time, by the rows around it."""

    def __init__(self, known: list[tuple[int, int]]) -> None:
        self._known = known

    def __call__(self, at_us: int) -> int:
        before = [zero_us for start_us, zero_us in self._known if start_us <= at_us]
        return before[-1] if before else self._known[0][1] if self._known else 0


def _seconds(us: int) -> float:
    return round(us / 1_000_000, 3)
