"""Sessions as batches, without a server: what the counting of hours is tried on."""

from collections.abc import Sequence

import msgspec

from server.scoring.facts import OpenedSession
from wire import events
from wire.batch import Batch
from wire.body import body_of
from wire.codes import ManualReason, MarkerKind, PresenceChange, SourceName, SourceState
from wire.header import blank_header

S_US = 1_000_000
Recorded = tuple[int, int, Sequence[events.Event]]
"""First and last microsecond that a batch speaks for, and what happened."""
_HEADER = blank_header()


def recorded(
    batches: Sequence[Recorded],
    opened_us: int,
    *,
    received_s: int | None = None,
    wall_us: int = 0,
    losses: dict[int, int] | None = None,
) -> OpenedSession:
    """A session of batches.

    Each came when it was sealed, or so many seconds after the opening as is said; `wall_us` is
    what the device's clock of day said.
    """
    headers = tuple(
        msgspec.structs.replace(
            _HEADER,
            sequence=number,
            start_us=start_us,
            end_us=end_us,
            sealed_wall_us=wall_us,
            losses=losses or {},
        )
        for number, (start_us, end_us, _) in enumerate(batches)
    )
    came_us = tuple(
        opened_us + (header.end_us if received_s is None else received_s * S_US)
        for header in headers
    )
    bodies = [body_of(happened) for _, _, happened in batches]
    opened = [Batch(header, body) for header, body in zip(headers, bodies, strict=True)]
    return OpenedSession(headers, came_us, tuple(opened), ())


def pause(at_us: int) -> events.Marker:
    return events.Marker(at_us, MarkerKind.PAUSE, 0, 1)


def resume(at_us: int) -> events.Marker:
    return events.Marker(at_us, MarkerKind.RESUME, 0, 1)


def presence(at_us: int, change: PresenceChange) -> events.Presence:
    return events.Presence(at_us, change)


def health(at_us: int, source: SourceName, state: SourceState) -> events.Health:
    return events.Health(at_us, source, state)


def by_hand(at_us: int, start_us: int, length_s: int) -> events.ManualTime:
    return events.ManualTime(at_us, start_us, length_s, ManualReason.MEETING)
