"""A dispute as its form has it: lines that were ticked, and times by the clock."""

from dataclasses import dataclass

from server.console.desk import Form, one
from server.errors import Refusal, not_found
from server.hours.intervals import Disputed, Interval
from server.hours.sheets import SheetView
from server.language import N_
from server.services.naming import named_id
from wire.problems import ProblemCode

_NUMBER_MAX_CHARS = 18
_INTERVALS = 3
"""So many the form has room for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A dispute as it was filled in: it is not lost with what is wrong in it."""

    error: str = ""
    reason: str = ""
    lines: frozenset[str] = frozenset()
    intervals: tuple[tuple[str, str, str], ...] = (("", "", ""),) * _INTERVALS
    """Day, from, to."""


NOTHING_ASKED = Asked()


def as_filled_in(form: Form, error: str) -> Asked:
    """What the form shows again, with what is wrong in it."""
    intervals = _filled_in(form)[:_INTERVALS]
    return Asked(
        error,
        one(form, "reason"),
        frozenset(form.get("line", [])),
        (*intervals, *NOTHING_ASKED.intervals[len(intervals) :]),
    )


def _filled_in(form: Form) -> tuple[tuple[str, str, str], ...]:
    fields = (form.get(name, []) for name in ("day", "from", "to"))
    return tuple(row for row in zip(*fields, strict=False) if any(row))


def intervals_in(view: SheetView, form: Form) -> list[Interval]:
    """The times of days that were named; raises `Refusal` for what is half named."""
    days = {day_key(line.day, line.zone): line for line in view.lines}
    found = []
    for day, first, last in _filled_in(form):
        if not (day and first and last):
            raise _invalid(N_("Name the day, and from when to when."))
        if day not in days:
            raise _invalid(N_("A day that is named has no hours in this week."))
        found.append(Interval(days[day].day, days[day].zone, first, last))
    return found


def day_key(day: int, zone: str) -> str:
    """How the form names a day: two zones can have the same one."""
    return f"{day}:{zone}"


def _invalid(detail: str) -> Refusal:
    return Refusal(ProblemCode.INVALID_REQUEST, 400, detail)


def day_disputed(view: SheetView, key: str) -> Disputed:
    """A session's day, as the form names it."""
    session, _, day = key.partition(":")
    spans = view.day_spans
    if number_in(day) not in spans:
        raise not_found()
    start_s, end_s = spans[number_in(day)]
    return Disputed(named_id(session), start_s * 1_000_000, end_s * 1_000_000)


def number_in(text: str) -> int:
    """A number in an address or a form; what is none is not found."""
    if not text.isascii() or not text.isdecimal() or len(text) > _NUMBER_MAX_CHARS:
        raise not_found()
    return int(text)
