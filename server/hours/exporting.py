"""Hours as lines: pages of them, and whole months as CSV or JSON, a piece at a time.

A piece is read in a query of its own: a month of 30,000 people never lies in memory at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter

from server.clock import iso_utc
from server.exported import as_csv, as_json
from server.hours.calendar import iso_week
from server.records.hours import week_of
from server.records.timesheets import HoursKey, HoursLine
from server.services.asking import Asker
from server.services.naming import named_id
from server.storage.protocols import Store

_AT_ONCE = 10_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class HoursOut:
    """What one session counts for on one day of the person's time zone."""

    day: str
    week: str
    zone: str
    person: str
    person_name: str
    project: str
    project_name: str
    session: str
    started_at: str
    observed_s: int
    partly_observed_s: int
    unobservable_s: int
    manual_s: int
    overlap_s: int
    worked_s: int
    held_s: int
    rejected_s: int
    payable_s: int
    correction: int | None
    """The accepted correction that this line is; null: it was counted in the first place."""
    timesheet_state: str


COLUMNS = tuple(field.name for field in fields(HoursOut))
"""Of the CSV, in the order of the fields."""
_cells_of = attrgetter(*COLUMNS)


class HoursExport:
    """Lines of hours for whoever may see them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self,
        asker: Asker,
        days: tuple[int, int],
        limit: int,
        after: HoursKey | None,
        person_hex: str | None,
    ) -> Sequence[HoursLine]:
        """The next lines behind another one."""
        person = named_id(person_hex) if person_hex is not None else None
        store = self._store.of(asker.organisation)
        return store.hours_lines(days, limit, after, person, asker.sight)

    def csv(self, asker: Asker, days: tuple[int, int]) -> Iterator[bytes]:
        """All lines as CSV (RFC 4180), a header first; the export is in the audit log."""
        self._audit(asker, days)
        pieces = self._pieces(asker, days)
        return as_csv(COLUMNS, ([_cells(line) for line in lines] for lines in pieces))

    def json(self, asker: Asker, days: tuple[int, int]) -> Iterator[bytes]:
        """All lines as one JSON document, `{"hours": [...]}`."""
        self._audit(asker, days)
        pieces = self._pieces(asker, days)
        return as_json("hours", ([line_out(line) for line in lines] for lines in pieces))

    def _pieces(self, asker: Asker, days: tuple[int, int]) -> Iterator[Sequence[HoursLine]]:
        after: HoursKey | None = None
        while lines := self.page(asker, days, _AT_ONCE, after, None):
            yield lines
            after = lines[-1].key

    def _audit(self, asker: Asker, days: tuple[int, int]) -> None:
        first, last = (date.fromordinal(day).isoformat() for day in days)
        self._store.of(asker.organisation).audit(asker.name, "hours.exported", f"{first}/{last}")


def line_out(line: HoursLine) -> HoursOut:
    """A line as platforms see it."""
    seconds = line.seconds
    day, week = _names(line.day)
    # By place, in the order of the columns: a month of everybody is half a million of these.
    return HoursOut(
        day,
        week,
        line.zone,
        line.person.hex(),
        line.person_name,
        line.project.hex(),
        line.project_name,
        line.session.hex(),
        iso_utc(line.opened_us),
        seconds.observed_s,
        seconds.partly_s,
        seconds.unobservable_s,
        seconds.manual_s,
        seconds.overlap_s,
        seconds.worked_s,
        seconds.held_s,
        seconds.rejected_s,
        seconds.payable_s,
        line.correction,
        line.state.value,
    )


@lru_cache(maxsize=512)
def _names(day: int) -> tuple[str, str]:
    return date.fromordinal(day).isoformat(), iso_week(week_of(day))


def _cells(line: HoursLine) -> tuple[object, ...]:
    if line.person_name.startswith(_FORMULA) or line.project_name.startswith(_FORMULA):
        names = (_harmless(line.person_name), _harmless(line.project_name))
        line = replace(line, person_name=names[0], project_name=names[1])
    return _cells_of(line_out(line))


def _harmless(text: str) -> str:
    """A name that a spreadsheet would run as a formula is only a text."""
    return f"'{text}" if text.startswith(_FORMULA) else text
