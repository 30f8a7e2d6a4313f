"""What services ask of storage: hours that payroll counts, weeks of them, and what is held."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.records import EVERYBODY, Job, Sight
from server.records.hours import Hold, Stretch, ZoneSince
from server.records.timesheets import Correction, HoursKey, HoursLine, Move, SheetState, Timesheet


class HoldTable(Protocol):
    """Holds of one organisation."""

    def release_holds(self, session_row: int, now_us: int) -> None:
        """What reviews hold of a session is held no longer, and its days are counted again."""

    def holds(self, session_row: int) -> Sequence[Hold]:
        """All holds of a session, those that have ended too, in the order they were made."""

    def note_near_lapses(self, within_us: int, now_us: int, limit: int) -> int:
        """Announce holds that are about to lapse, each deadline once; how many holds that were.

        Of a review by the session, of a dispute by its timesheet.
        """

    def lapse_holds(self, session_row: int, now_us: int) -> bool:
        """End the holds of a session that are due, for the trainer; whether any was.

        A dispute none of whose minutes is held any longer ends with its timesheet approved.
        """


class Timesheets(Protocol):
    """Weeks of people of one organisation."""

    def timesheets(
        self,
        sight: Sight,
        limit: int,
        before_row: int | None = None,
        week: int | None = None,
        state: SheetState | None = None,
        person: bytes | None = None,
    ) -> Sequence[Timesheet]:
        """Timesheets, the newest first; of a week (its Monday), in a state, of a person."""

    def timesheet(self, timesheet: bytes, sight: Sight = EVERYBODY) -> Timesheet | None:
        """A timesheet, if it is within sight."""

    def note_unsubmitted(self, weeks: tuple[int, int], now_us: int, limit: int) -> int:
        """Announce open timesheets of weeks from the first to the last, once; how many."""

    def move_timesheet(self, sheet: Timesheet, move: Move, now_us: int) -> bool:
        """Take a step, if the timesheet is still as it was seen; False, and nothing, if not."""

    def corrections(self, timesheet_row: int) -> Sequence[Correction]:
        """What was recounted of a week after it was decided, in order."""

    def accept_correction(self, sheet: Timesheet, correction: int, by: str, now_us: int) -> bool:
        """Have a correction count, if it is still offered; what was decided before stays."""

    def decline_correction(
        self, sheet: Timesheet, correction: int, by: str, reason: str, now_us: int
    ) -> bool:
        """Let a correction never count, if it is still offered.

        The same difference is not offered again; another one of the same day is.
        """


class Hours(HoldTable, Timesheets, Protocol):
    """Hours of one organisation."""

    def put_hours(self, job: Job, stretches: Sequence[Stretch], now_us: int) -> bool:
        """Store what a session says of its person's time, and count the days that it touches.

        Sessions that overlap it are counted again with it. Of weeks that were decided nothing
        changes: the difference is offered as a correction. A session that says nothing any more,
        because its evidence is no longer kept, leaves what was counted. False, and nothing
        stored, if the claim was lost.
        """

    def hours_lines(
        self,
        days: tuple[int, int],
        limit: int,
        after: HoursKey | None = None,
        person: bytes | None = None,
        sight: Sight = EVERYBODY,
    ) -> Sequence[HoursLine]:
        """What sessions count for on days from the first to the last (`date.toordinal`).

        In order of their keys; `after` is the key of the last line seen.
        """

    def session_stretches(self, session_rows: Sequence[int]) -> Mapping[int, Sequence[Stretch]]:
        """What sessions say of their person's time, by their numbers."""

    def zones_of(self, person: bytes) -> Sequence[ZoneSince]:
        """The time zones that a person's days are counted in, and since when, in order."""

    def own_zone_since(self, person: bytes) -> int | None:
        """When a person chose their newest zone; None: they never did. Seconds since 1970."""

    def set_zone(self, person: bytes | None, zone: str, since_s: int) -> None:
        """Count a person's days in a zone from a moment on; no person: of all without their own."""


class DueHolds(Protocol):
    """Holds of all organisations that nobody decided in time."""

    def due_hold(self, now_us: int) -> tuple[int, int] | None:
        """Organisation and session row of a hold that has lapsed, the longest overdue first."""
