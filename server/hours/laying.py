"""Sessions' time as days: what each counts for, what of it is held, and what is not paid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.hours.calendar import day_pieces
from server.hours.overlaps import Share
from server.records.hours import DayPart, Kind, Seconds, SessionTime, Span, ZoneSince
from wire.stretches import without

_NAMES: Mapping[Kind, str] = {
    Kind.OBSERVED: "observed_s",
    Kind.PARTLY: "partly_s",
    Kind.UNOBSERVABLE: "unobservable_s",
    Kind.MANUAL: "manual_s",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a session's time is not paid now; stretches of UTC seconds."""

    held: tuple[Span, ...] = ()
    rejected: tuple[Span, ...] = ()


NOTHING_WAITS = Waiting()


def day_parts(
    session: SessionTime, share: Share, zones: Sequence[ZoneSince], waiting: Waiting
) -> list[DayPart]:
    """What a session counts for on each of its days, in order."""
    paid = [(a, b) for a, b, kind in share.counted if kind is not Kind.UNOBSERVABLE]
    rejected = _common(paid, waiting.rejected)
    held = without(_common(paid, waiting.held), rejected)
    named = [(a, b, _NAMES[kind]) for a, b, kind in share.counted]
    named += [(a, b, "overlap_s") for a, b in share.overlapped]
    named += [(a, b, "held_s") for a, b in held]
    named += [(a, b, "rejected_s") for a, b in rejected]
    sums: dict[tuple[int, str], dict[str, int]] = {}
    for start, end, name in named:
        for first, last, day, zone in day_pieces(start, end, zones):
            sums.setdefault((day, zone), dict.fromkeys(Seconds.__slots__, 0))[name] += last - first
    return [
        DayPart(session.row, day, zone, Seconds(**found))
        for (day, zone), found in sorted(sums.items())
    ]


def in_utc_seconds(opened_us: int, spans_us: Iterable[Span]) -> tuple[Span, ...]:
    """Stretches of session microseconds as seconds since 1970, rounded as time is counted."""
    return tuple(
        ((opened_us + start) // 1_000_000, (opened_us + end) // 1_000_000)
        for start, end in spans_us
    )


def total(parts: Iterable[DayPart]) -> Seconds:
    """All of them together."""
    found = Seconds()
    for part in parts:
        found += part.seconds
    return found


def _common(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    return without(spans, without(spans, others)) if others else []
