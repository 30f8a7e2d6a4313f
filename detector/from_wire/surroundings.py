"""What surrounded the typing, from a session's batches: page, pointer, tasks, device.

Three of the wire's kinds are no evidence and stay unread: screenshots (people look at those), what
a person blanked (blanking must change no assessment) and attachments (titles and notes, which no
program judges).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from detector.from_wire.rows import Rows, events_of, rows_of, watched
from detector.surroundings import (
    CaretJumps,
    Device,
    ElsewhereMinutes,
    Intervals,
    Page,
    PageEdits,
    PointerSeconds,
    RegionVisit,
    Submission,
    Task,
)
from wire import events
from wire.body import Body
from wire.codes import DeviceFactKind, MarkerKind, PresenceChange, SourceName
from wire.objects import digest_of_parts
from wire.stretches import AWAY, between, joined, manual

_MEDIA = (PresenceChange.MEDIA_BEGAN, PresenceChange.MEDIA_ENDED)
_TASK_OVER = (MarkerKind.TASK_END, MarkerKind.TASK_SUBMIT)


def pointer_of(bodies: Sequence[Body], health: Rows) -> PointerSeconds | None:
    """Return the pointer's seconds; None where nobody watched it."""
    rows = rows_of(bodies, events.PointerSecond)
    if not len(rows["t_us"]) and not watched(health, SourceName.POINTER):
        return None
    return PointerSeconds(**rows)


def elsewhere_of(bodies: Sequence[Body]) -> ElsewhereMinutes:
    """Return the minutes of activity outside the scope."""
    return ElsewhereMinutes(**rows_of(bodies, events.Activity))


def page_of(bodies: Sequence[Body], health: Rows, end_us: int) -> Page | None:
    """Return what the browser extension saw; None where there was none."""
    edits = rows_of(bodies, events.PageEdit)
    jumps = rows_of(bodies, events.CaretJump)
    visits = _visits(rows_of(bodies, events.PageFocus), end_us)
    seen = len(edits["t_us"]) or len(jumps["t_us"]) or visits
    if not seen and not (len(health["t_us"]) and watched(health, SourceName.EXTENSION)):
        return None
    return Page(
        PageEdits(
            edits["t_us"],
            edits["duration_us"],
            edits["how"],
            edits["inserted_chars"],
            edits["deleted_chars"],
            edits["flags"],
            edits["field"],
            edits["region"],
        ),
        CaretJumps(jumps["t_us"], jumps["field"], jumps["distance_chars"], jumps["flags"]),
        visits,
    )


def _visits(rows: Rows, end_us: int) -> tuple[RegionVisit, ...]:
    starts = rows["t_us"].tolist()
    stops = [*starts[1:], max(end_us, *starts[-1:])] if starts else []
    return tuple(
        RegionVisit(start, stop, region)
        for start, stop, region in zip(starts, stops, rows["region"].tolist(), strict=True)
    )


def submissions_of(
    bodies: Sequence[Body], health: Rows, texts: Mapping[bytes, str]
) -> tuple[Submission, ...] | None:
    """Return the texts submitted; None where nobody could see one.

    Args:
        bodies: of the session's batches.
        health: rows of `wire.events.Health`.
        texts: class sequences by their object's digest, as far as they were handed over.
    """
    found = [
        Submission(
            event.t_us,
            event.length_chars,
            event.field,
            event.region,
            texts.get(_digest(event)),
        )
        for event in events_of(bodies, events.TextSubmitted)
    ]
    if not found and not (len(health["t_us"]) and watched(health, SourceName.EXTENSION)):
        return None
    return tuple(sorted(found, key=lambda submission: submission.t_us))


def _digest(event: events.TextSubmitted) -> bytes:
    parts = (event.digest_0, event.digest_1, event.digest_2, event.digest_3)
    return digest_of_parts(parts)


def tasks_of(bodies: Sequence[Body], end_us: int) -> tuple[Task, ...]:
    """Return the tasks in order; one that was not ended runs to the session's end."""
    rows = rows_of(bodies, events.Marker)
    begun: dict[int, int] = {}
    tasks = []
    for t_us, marker, number in zip(
        rows["t_us"].tolist(), rows["marker"].tolist(), rows["task"].tolist(), strict=True
    ):
        if marker == MarkerKind.TASK_BEGIN:
            begun.setdefault(number, t_us)
        elif marker in _TASK_OVER and number in begun:
            submitted = marker == MarkerKind.TASK_SUBMIT
            tasks.append(Task(number, begun.pop(number), t_us, submitted))
    tasks.extend(Task(number, t_us, max(end_us, t_us), False) for number, t_us in begun.items())
    return tuple(sorted(tasks, key=lambda task: (task.start_us, task.number)))


def presence_of(
    bodies: Sequence[Body], health: Rows, end_us: int
) -> tuple[Intervals | None, Intervals]:
    """Return when the person was away (None: not watched), and when media played."""
    rows = rows_of(bodies, events.Presence)
    changes = list(zip(rows["t_us"].tolist(), rows["change"].tolist(), strict=True))
    away = between(((t, c in AWAY) for t, c in changes if c not in _MEDIA), end_us)
    media = between(((t, c == _MEDIA[0]) for t, c in changes if c in _MEDIA), end_us)
    seen = bool(changes) or watched(health, SourceName.PRESENCE)
    return (away if seen else None), media


def manual_of(bodies: Sequence[Body], end_us: int) -> Intervals:
    """Return the time that the person added by hand."""
    return tuple(joined(manual(events_of(bodies, events.ManualTime), end_us)))


def device_of(bodies: Sequence[Body]) -> Device | None:
    """Return the last word on each fact about the device; None where there is none."""
    rows = rows_of(bodies, events.DeviceFact)
    last = dict(zip(rows["fact"].tolist(), rows["value"].tolist(), strict=True))
    ever = {fact: int(np.max(rows["value"][rows["fact"] == fact])) for fact in last}
    if not last:
        return None
    machine = ever.get(DeviceFactKind.VIRTUAL_MACHINE)
    remote = ever.get(DeviceFactKind.REMOTE_DESKTOP)
    return Device(
        virtual_machine=None if machine is None else bool(machine),
        remote_desktop=None if remote is None else bool(remote),
        seats=last.get(DeviceFactKind.SEATS),
        keyboards=last.get(DeviceFactKind.KEYBOARDS),
        display_server=last.get(DeviceFactKind.DISPLAY_SERVER),
    )
