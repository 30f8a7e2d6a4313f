"""A submission's classes against what was typed in the sessions that it came from."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from detector.alignment import Origin
from detector.from_wire import recording_from_batches
from detector.handed_in import HandedIn, Part, Worked, handed_in
from detector.tables import Recording
from server.compaction.reading import opened_session
from server.errors import OriginalDamaged
from server.privacy.sealed import SealedObjects
from server.records import SessionLine
from server.storage.protocols import OrganisationStore
from server.submissions.asked import Place
from wire.batch import Batch
from wire.policy import AllowedUse
from wire.stretches import Intervals, joined

_log = logging.getLogger(__name__)
_SLACK_US = 1_000_000
"""An interval may end so much after its session: clocks round."""


class InsertedOut(msgspec.Struct, frozen=True):
    """The insertion that a passage came by."""

    session: str
    at_ms: int
    how: str
    copied_in: str
    """What kind of window it was copied in; `unknown`: no copy was seen."""
    allowed: bool
    """Whether the project's policy, its length or the person's own text explains it."""


class AlignedPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """A range of the text with one origin, in code points, end exclusive."""

    start: int
    end: int
    origin: str
    confidence: float
    inserted: InsertedOut | None = None
    typed_ms: tuple[int, int] | None = None
    """When its first and its last key were pressed, where one session is named and it is certain.
    For the people of that session; platforms are not told."""


class AlignedPlace(msgspec.Struct, frozen=True):
    """Which parts of a session it was aligned with."""

    session: str
    intervals_ms: tuple[tuple[int, int], ...]
    policy_version: int


class Aligned(msgspec.Struct, frozen=True):
    """Where the characters of a submission came from."""

    parts: tuple[AlignedPart, ...]
    places: tuple[AlignedPlace, ...]
    coverage: float
    all_seen: bool
    explained: bool
    typed_chars: int
    inserted_chars: int
    not_allowed_chars: int
    unexplained_chars: int
    faults: tuple[str, ...] = ()
    """Codes of `server.submissions.wording.WHY`: what of the question did not fit the session."""


@dataclass(frozen=True, slots=True)
class Worksite:
    """One session, opened, with the parts that are asked about."""

    line: SessionLine
    worked: Worked
    faults: tuple[str, ...]


def worksites(
    organisation: int,
    store: OrganisationStore,
    objects: SealedObjects,
    lines: Sequence[SessionLine],
    places: Sequence[Place],
) -> list[Worksite]:
    """Open scored sessions and find the parts that are asked about."""
    return [
        _worksite(organisation, store, objects, line, place)
        for line, place in zip(lines, places, strict=True)
    ]


def aligned(sites: Sequence[Worksite], classes: str) -> Aligned:
    """Align."""
    found = handed_in([site.worked for site in sites], classes)
    return Aligned(
        parts=tuple(_part(part, sites) for part in found.parts),
        places=tuple(_place(site) for site in sites),
        coverage=round(found.observed, 4),
        all_seen=found.all_seen,
        explained=found.explained,
        typed_chars=found.chars(Origin.TYPED),
        inserted_chars=found.chars(Origin.INSERTED),
        not_allowed_chars=found.not_allowed_chars,
        unexplained_chars=found.chars(Origin.UNEXPLAINED),
        faults=tuple(dict.fromkeys(fault for site in sites for fault in site.faults)),
    )


def not_aligned(lines: Sequence[SessionLine], length_chars: int, fault: str) -> Aligned:
    """What is said of a text that could not be aligned with anything."""
    whole = HandedIn((Part(0, length_chars, Origin.UNEXPLAINED, 0.5),), 0.0, all_seen=False)
    return Aligned(
        parts=tuple(_part(part, ()) for part in whole.parts),
        places=tuple(AlignedPlace(line.id.hex(), (), line.policy_version) for line in lines),
        coverage=0.0,
        all_seen=False,
        explained=False,
        typed_chars=0,
        inserted_chars=0,
        not_allowed_chars=0,
        unexplained_chars=length_chars,
        faults=(fault,),
    )


def _worksite(
    organisation: int,
    store: OrganisationStore,
    objects: SealedObjects,
    line: SessionLine,
    place: Place,
) -> Worksite:
    batches, fault = _recorded(organisation, store, objects, line)
    recording = recording_from_batches(batches)
    policy = store.policy(line.project, line.policy_version)
    stretches, faults = _stretches(recording, place)
    if fault is not None:
        faults = (fault,)
    allowed = policy.allowed if policy is not None else AllowedUse()
    return Worksite(line, Worked(recording, stretches, allowed), faults)


def _recorded(
    organisation: int, store: OrganisationStore, objects: SealedObjects, line: SessionLine
) -> tuple[Sequence[Batch], str | None]:
    """What a text can be laid against, or why there is nothing."""
    try:
        opened = opened_session(store, objects, organisation, line.row)
    except OriginalDamaged as error:
        _log.error("a session's recording cannot be read", extra={"why": str(error)})
        return (), "evidence_unreadable"
    # Without classes of keys no text can be told from another.
    kept = opened.headers and opened.redacted_us is None
    return (opened.batches, None) if kept else ((), "evidence_gone")


def _stretches(recording: Recording, place: Place) -> tuple[Intervals, tuple[str, ...]]:
    """The parts of a session that are asked about, and what of the question did not fit it."""
    end_us = max(recording.duration_us, 0)
    wanted = [(start * 1000, end * 1000) for start, end in place.intervals_ms]
    faults: tuple[str, ...] = ()
    if place.tasks:
        known = {task.number for task in recording.tasks}
        wanted = [(t.start_us, t.end_us) for t in recording.tasks if t.number in place.tasks]
        faults = () if known >= set(place.tasks) else ("unknown_task",)
    elif not place.intervals_ms:
        wanted = [(0, end_us)]
    if any(end > end_us + _SLACK_US for _, end in wanted):
        faults = (*faults, "outside_session")
    inside = [(start, min(end, end_us)) for start, end in wanted if start < end_us]
    return tuple(joined(each for each in inside if each[0] < each[1])), faults


def _place(site: Worksite) -> AlignedPlace:
    intervals = tuple((start // 1000, -(-end // 1000)) for start, end in site.worked.stretches_us)
    return AlignedPlace(site.line.id.hex(), intervals, site.line.policy_version)


def _part(part: Part, sites: Sequence[Worksite]) -> AlignedPart:
    source, inserted = part.inserted, None
    if source is not None:
        inserted = InsertedOut(
            sites[source.worked].line.id.hex(),
            source.t_us // 1000,
            source.how.name.lower(),
            source.category.name.lower(),
            source.allowed,
        )
    typed_ms = None
    if part.typed_us is not None:
        typed_ms = (part.typed_us[0] // 1000, part.typed_us[1] // 1000)
    origin = part.origin.name.lower()
    return AlignedPart(part.start, part.end, origin, part.confidence, inserted, typed_ms)
