"""What touches whether the recording can be trusted: events for the timeline, none of them a guilt.

Each has a start and an end in session milliseconds, a kind, and a count where one belongs to it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from server.console.presses import Presses
from server.scoring.facts import OpenedSession, lost_stretches
from wire import events
from wire.batch import Batch
from wire.codes import DeviceFactKind
from wire.header import Header

_RUN_GAP_US = 10_000_000
"""Keys of a program that are further apart than this are two runs."""
_LISTED_MAX = 500
_CHANGES = {
    int(DeviceFactKind.REMOTE_DESKTOP): ("remote_ended", "remote_began"),
    int(DeviceFactKind.VIRTUAL_MACHINE): ("", "virtual_machine"),
}

Json = dict[str, Any]


def incidents_of(opened: OpenedSession, presses: Presses) -> list[Json]:
    """All of a session's, in order of time; of very many the first ones."""
    found = [
        *_programs(presses),
        *_keyboards(presses),
        *_clocks(opened.batches),
        *_device(opened.batches),
        *_losses(opened.headers),
        *_offline(opened.headers),
        *(_incident(s.start_ms, s.end_ms, s.why) for s in lost_stretches(opened)),
    ]
    return sorted(found, key=lambda each: (each["start_ms"], each["end_ms"]))[:_LISTED_MAX]


def _programs(presses: Presses) -> Iterator[Json]:
    """Runs of keys that a program sent."""
    t_us = presses.t_us[presses.injected]
    if not len(t_us):
        return
    for run in np.split(t_us, np.flatnonzero(np.diff(t_us) > _RUN_GAP_US) + 1):
        yield _incident(int(run[0]) // 1000, int(run[-1]) // 1000, "injected", len(run))


def _keyboards(presses: Presses) -> Iterator[Json]:
    """Changes from one keyboard to another; number 0 is one that is not known."""
    known = presses.chosen(presses.device > 0)
    for row in (np.flatnonzero(np.diff(known.device)) + 1).tolist():
        at_ms = int(known.t_us[row]) // 1000
        yield _incident(at_ms, at_ms, "keyboard", int(known.device[row]))


def _clocks(batches: Sequence[Batch]) -> Iterator[Json]:
    """Steps of the clock of day, in seconds; a new time zone alone moves nothing."""
    for batch in batches:
        for event in batch.body.events(events.Clock):
            at_ms = event.t_us // 1000
            yield _incident(at_ms, at_ms, "clock", round(event.step_us / 1_000_000))


def _device(batches: Sequence[Batch]) -> Iterator[Json]:
    """The desktop began or ceased to be steered from elsewhere, or was found to be virtual."""
    said = {
        (event.t_us, event.fact, event.value)
        for batch in batches
        for event in batch.body.events(events.DeviceFact)
        if event.fact in _CHANGES
    }
    before = dict.fromkeys(_CHANGES, 0)
    for t_us, fact, value in sorted(said):
        kind = _CHANGES[fact][value > 0]
        if kind and (value > 0) != (before[fact] > 0):
            yield _incident(t_us // 1000, t_us // 1000, kind)
        before[fact] = value


def _losses(headers: Sequence[Header]) -> Iterator[Json]:
    for header in headers:
        if header.losses:
            span = header.start_us // 1000, header.end_us // 1000
            yield _incident(*span, "events_lost", sum(header.losses.values()))


def _offline(headers: Sequence[Header]) -> Iterator[Json]:
    """Stretches that were sealed before the server's answer to the batch before had come."""
    ordered = sorted(headers, key=lambda header: header.sequence)
    apart = [each for each in ordered if each.unanchored_batches > 0]
    starts = [0, *(n for n, (a, b) in enumerate(pairwise(apart), 1) if b.sequence > a.sequence + 1)]
    for first, after in pairwise([*starts, len(apart)]):
        run = apart[first:after]
        if run:
            yield _incident(run[0].start_us // 1000, run[-1].end_us // 1000, "offline", len(run))


def _incident(start_ms: int, end_ms: int, kind: str, count: int | None = None) -> Json:
    return {"start_ms": start_ms, "end_ms": end_ms, "kind": kind, "count": count}
