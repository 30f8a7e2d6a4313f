"""What the batches of a session say without any judgement: hours, gaps, losses.

Times are session microseconds, or milliseconds where a page reads them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from server.records import LateBlanking, StoredBatch
from wire.batch import Batch, decode, open_envelope
from wire.codes import DeviceFactKind, LossReason, ManualReason, ObjectKind
from wire.errors import BodyUndecodable, WireError
from wire.events import Attachment, DeviceFact, Keystroke, ManualTime, Marker, Presence
from wire.header import Header
from wire.objects import digest_of_parts
from wire.stretches import AWAY, Intervals, between, joined, length_us, manual, pauses, without

_LATE_US = 60_000_000
_LISTED_MAX = 200
"""So many notes and stretches added by hand a session's page lists."""
_PAUSE_SLACK_US = 1_000_000
"""So long after the session's last header an event can be. Not after its own batch's header: the
batch before a gap carries the events that ended the gap."""


class LostStretch(msgspec.Struct, frozen=True):
    """A stretch without evidence, and why."""

    start_ms: int
    end_ms: int
    why: str
    """`quarantined`: the batch came but does not decode; `gap`: no batch speaks for it."""


class AddedTime(msgspec.Struct, frozen=True):
    """A stretch that the trainer added by hand, as they said it."""

    start_ms: int
    """From clock-in; negative: before it."""
    length_s: int
    reason: str
    """Name of `wire.codes.ManualReason`, in lower case."""


class NamedNote(msgspec.Struct, frozen=True):
    """A note that an event names; its text is an object."""

    at_ms: int
    digest: str
    """SHA-256, in hex."""


class SessionFacts(msgspec.Struct, frozen=True):
    """Hours and losses of one closed session."""

    duration_s: float
    worked_s: float
    """Without pauses, idle time, and stretches that nothing speaks for."""
    paused_s: float
    batches: int
    quarantined_batches: int
    unanchored_batches: int
    """Sealed while the server was out of reach; no accusation."""
    ahead_of_server_s: float
    """How far the session's clock ran ahead of the server's, at most; hours beyond the server's
    time are a claim of the device alone."""
    lost_events: dict[str, int]
    """Events the agent could not record or keep, by reason."""
    lost_stretches: tuple[LostStretch, ...]
    idle_s: float = 0.0
    """Without input for longer than the policy allows, locked or suspended; apart from pauses and
    lost stretches, so that it can be added to them."""
    manual_s: float = 0.0
    """Added by the trainer by hand, where nothing was observed; never part of `worked_s`."""
    added: tuple[AddedTime, ...] = ()
    """What `manual_s` is made of."""
    notes: tuple[NamedNote, ...] = ()
    clock_off_s: float = 0.0
    """How far the device's clock of day was ahead of the server's (negative: behind), by the batch
    that came soonest after an answer. No hour is counted by it."""
    """What the trainer wrote, in order."""
    device: dict[str, tuple[int, ...]] = {}
    """Facts about the device by name, each with the values it had, in order. Context that helps to
    read the rest; nothing is concluded from them."""


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session's batches after opening: those that decode, and what became of the rest."""

    headers: tuple[Header, ...]
    received_us: tuple[int, ...]
    """When each came, by the server's clock."""
    batches: tuple[Batch, ...]
    undecodable: tuple[tuple[StoredBatch, Header, str], ...]
    """Stored batch, its header, and the reason."""
    late_blankings: tuple[LateBlanking, ...] = ()
    """Pictures that were blanked after the session was over."""
    redacted_us: int | None = None
    """When the fields that are kept as class sequences are were deleted; all of them are 0."""


def open_batches(
    stored: Sequence[StoredBatch], late_blankings: Sequence[LateBlanking] = ()
) -> OpenedSession:
    """Decode what was stored. A body that does not decode costs its stretch, not the session."""
    envelopes = [open_envelope(row.sealed) for row in stored]
    headers = tuple(envelope.header for envelope in envelopes)
    last_us = max((header.end_us for header in headers), default=0) + _LATE_US
    batches: list[Batch] = []
    undecodable: list[tuple[StoredBatch, Header, str]] = []
    for row, envelope in zip(stored, envelopes, strict=True):
        try:
            batches.append(_in_time(decode(envelope), last_us))
        except WireError as error:
            undecodable.append((row, envelope.header, type(error).__name__))
    received_us = tuple(row.received_us for row in stored)
    return OpenedSession(
        headers, received_us, tuple(batches), tuple(undecodable), tuple(late_blankings)
    )


def facts_of(opened: OpenedSession, opened_us: int) -> SessionFacts:
    """Work out hours and losses of a session that the server opened at `opened_us`."""
    end_us = max((header.end_us for header in opened.headers), default=0)
    lost = lost_stretches(opened)
    paused = paused_intervals(opened, end_us)
    unknown = joined([*paused, *((s.start_ms * 1000, s.end_ms * 1000) for s in lost)])
    off = tuple(joined([*unknown, *idle_intervals(opened.batches, end_us)]))
    # What lies behind the end, such as a pause that was ended later, takes nothing off the work.
    worked = without([(0, end_us)], off) if end_us else []
    return SessionFacts(
        duration_s=_seconds(end_us),
        worked_s=_seconds(length_us(worked)),
        paused_s=_seconds(length_us(paused)),
        batches=len(opened.headers),
        quarantined_batches=len(opened.undecodable),
        unanchored_batches=sum(header.unanchored_batches > 0 for header in opened.headers),
        ahead_of_server_s=_seconds(_ahead_us(opened, opened_us)),
        lost_events=_losses(opened.headers),
        lost_stretches=tuple(lost),
        idle_s=_seconds(length_us(off) - length_us(unknown)),
        device=device_facts(opened.batches),
        manual_s=_seconds(length_us(manual_intervals(opened, off, end_us))),
        added=added_times(opened.batches),
        notes=named_notes(opened.batches),
        clock_off_s=_seconds(_clock_off_us(opened)),
    )


def lost_stretches(opened: OpenedSession) -> list[LostStretch]:
    """Quarantined batches, and gaps that no header speaks for. A pause is no loss."""
    end_us = max((header.end_us for header in opened.headers), default=0)
    paused = paused_intervals(opened, end_us)
    lost = [_stretch(h.start_us, h.end_us, "quarantined") for _, h, _ in opened.undecodable]
    spoken_us = 0
    for start_us, end_us in sorted((h.start_us, h.end_us) for h in opened.headers):
        if start_us > spoken_us and not _within(paused, spoken_us, start_us):
            lost.append(_stretch(spoken_us, start_us, "gap"))
        spoken_us = max(spoken_us, end_us)
    return sorted(lost, key=lambda stretch: stretch.start_ms)


def _within(intervals: Intervals, start_us: int, end_us: int) -> bool:
    """Whether one of the intervals holds the whole stretch, but for the pause's own making."""
    slack_us = _PAUSE_SLACK_US
    return any(a - slack_us <= start_us and end_us <= b + slack_us for a, b in intervals)


def paused_intervals(opened: OpenedSession, end_us: int) -> Intervals:
    """When the trainer had paused."""
    markers = [marker for batch in opened.batches for marker in batch.body.events(Marker)]
    return pauses(opened.headers, markers, end_us)


def idle_intervals(batches: Sequence[Batch], end_us: int) -> Intervals:
    """From idle, locked or suspended to the end of it; if that was lost, to the next key."""
    changes = [
        (event.t_us, event.change in AWAY)
        for batch in batches
        for event in batch.body.events(Presence)
    ]
    keys = sorted(t_us for batch in batches for t_us in batch.body.columns(Keystroke)["t_us"])
    for t_us, away in tuple(changes):
        after = bisect_right(keys, t_us)
        if away and after < len(keys):
            changes.append((keys[after], False))
    return between(changes, end_us)


def manual_intervals(opened: OpenedSession, off: Intervals, end_us: int) -> Intervals:
    """What was added by hand and not observed besides: no minute counts twice."""
    added = [event for batch in opened.batches for event in batch.body.events(ManualTime)]
    worked = without([(0, end_us)], off) if end_us else []
    return tuple(without(manual(added, end_us), worked))


def added_times(batches: Sequence[Batch]) -> tuple[AddedTime, ...]:
    """Each stretch added by hand, in the order it was said."""
    reasons = {reason.value: reason.name.lower() for reason in ManualReason}
    said = [event for batch in batches for event in batch.body.events(ManualTime)]
    return tuple(
        AddedTime(event.start_us // 1000, event.length_s, reasons.get(event.reason, "other"))
        for event in said[:_LISTED_MAX]
    )


def named_notes(batches: Sequence[Batch]) -> tuple[NamedNote, ...]:
    """Each note, in the order it was written."""
    named = [
        NamedNote(event.t_us // 1000, digest_hex(event))
        for batch in batches
        for event in batch.body.events(Attachment)
        if event.object_kind == ObjectKind.NOTE
    ]
    return tuple(named[:_LISTED_MAX])


def digest_hex(event: Attachment) -> str:
    """The object that an attachment names."""
    parts = (event.digest_0, event.digest_1, event.digest_2, event.digest_3)
    return digest_of_parts(parts).hex()


def device_facts(batches: Sequence[Batch]) -> dict[str, tuple[int, ...]]:
    """What the agent found about the device: each fact's values in order, repeats left out."""
    names = {kind.value: kind.name.lower() for kind in DeviceFactKind}
    found: dict[str, tuple[int, ...]] = {}
    said = sorted(
        (event.t_us, event.fact, event.value)
        for batch in batches
        for event in batch.body.events(DeviceFact)
    )
    for _, fact, value in said:
        values = found.get(names.get(fact, ""), ())
        if fact in names and values[-1:] != (value,):
            found[names[fact]] = (*values, value)
    return found


def _in_time(batch: Batch, last_us: int) -> Batch:
    for columns in batch.body.tables.values():
        if max(columns["t_us"], default=0) > last_us:
            raise BodyUndecodable("an event is later than the session")
    return batch


def _ahead_us(opened: OpenedSession, opened_us: int) -> int:
    times = zip(opened.headers, opened.received_us, strict=True)
    return max([0, *(h.end_us - (received - opened_us) for h, received in times)])


def _clock_off_us(opened: OpenedSession) -> int:
    """Of batches sealed while the server was heard: the rest may have waited for days."""
    times = zip(opened.headers, opened.received_us, strict=True)
    off_us = [h.sealed_wall_us - received for h, received in times if not h.unanchored_batches]
    return max(off_us, default=0)


def _losses(headers: Sequence[Header]) -> dict[str, int]:
    known = {reason.value: reason.name.lower() for reason in LossReason}
    totals: dict[str, int] = {}
    for header in headers:
        for reason, count in header.losses.items():
            name = known.get(reason, f"reason_{reason}")
            totals[name] = totals.get(name, 0) + count
    return totals


def _stretch(start_us: int, end_us: int, why: str) -> LostStretch:
    return LostStretch(start_us // 1000, end_us // 1000, why)


def _seconds(duration_us: int) -> float:
    return round(duration_us / 1_000_000, 3)
