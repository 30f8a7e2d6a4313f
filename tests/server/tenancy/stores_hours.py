"""Hours and holds, as another organisation would ask for them."""

from collections.abc import Callable, Mapping
from typing import Protocol

from server.records import EVERYBODY, Job, SessionEntry
from server.records.hours import NO_SECONDS, Kind
from server.records.timesheets import Move, SheetState, Timesheet
from server.storage.protocols import OrganisationStore


class Named(Protocol):
    """What can be named of the first organisation."""

    @property
    def entry(self) -> SessionEntry:
        """A session."""

    @property
    def job(self) -> Job:
        """Its job."""

    @property
    def person(self) -> bytes:
        """A person."""


_FOREIGN = Timesheet(
    1, bytes(16), bytes(16), "n", False, 1, SheetState.OPEN, 0, 0, "x", None, None, None, None,
    None, None, None, NO_SECONDS,
)  # fmt: skip
_ALL = (1, 3_000_000)

CASES: Mapping[str, Callable[[OrganisationStore, Named], object]] = {
    "accept_correction": lambda s, _: s.accept_correction(_FOREIGN, 1, "x", 1),
    "decline_correction": lambda s, _: s.decline_correction(_FOREIGN, 1, "x", "why", 1),
    "corrections": lambda s, _: s.corrections(1),
    "note_near_lapses": lambda s, _: s.note_near_lapses(1 << 60, 1, 9),
    "note_unsubmitted": lambda s, _: s.note_unsubmitted((0, 1 << 30), 1, 9),
    "holds": lambda s, x: s.holds(x.entry.row),
    "hours_lines": lambda s, _: s.hours_lines(_ALL, 10),
    "lapse_holds": lambda s, x: s.lapse_holds(x.entry.row, 1 << 60),
    "move_timesheet": lambda s, _: s.move_timesheet(_FOREIGN, Move(SheetState.LOCKED, "x"), 1),
    "own_zone_since": lambda s, x: s.own_zone_since(x.person),
    "put_hours": lambda s, x: s.put_hours(x.job, [(0, 1, Kind.OBSERVED)], 1),
    "release_holds": lambda s, x: s.release_holds(x.entry.row, 1),
    "session_stretches": lambda s, x: s.session_stretches([x.entry.row]),
    "set_zone": lambda s, x: s.set_zone(x.person, "Asia/Tokyo", 1),
    "timesheet": lambda s, _: s.timesheet(bytes(16)),
    "timesheets": lambda s, _: s.timesheets(EVERYBODY, 10),
    "zones_of": lambda s, x: s.zones_of(x.person),
}
