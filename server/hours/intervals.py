"""From-to intervals of a day, as people write them by the clock of the day's own zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.errors import Refusal
from server.hours.calendar import day_span
from server.language import N_
from server.records.hours import Span, Stretch, ZoneSince
from server.records.timesheets import HoursLine
from wire.problems import ProblemCode

_SECOND_US = 1_000_000
_TWICE = N_(
    "On %(day)s clocks in %(zone)s change, and %(clock)s is there twice: name a time before or"
    " after that hour."
)
_NEVER = N_(
    "On %(day)s clocks in %(zone)s change, and %(clock)s is there never: name a time before or"
    " after that hour."
)
_ENDS_OF_DAY = frozenset({"00:00", "00:00:00", "24:00"})
_LONG_AGO_S = -(1 << 40)


@dataclass(frozen=True, slots=True)
class Interval:
    """Some time of a day by the clock on the wall, such as 09:30 to 10:00."""

    day: int
    """`date.toordinal`."""
    zone: str
    first: str
    last: str
    """00:00 is the day's end."""

    @property
    def words(self) -> str:
        """As people read it."""
        return f"{self.first} to {self.last} on {_date(self.day)}, {self.zone}"


@dataclass(frozen=True, slots=True)
class Disputed:
    """Minutes that somebody doubts: a session's id, and a stretch of UTC microseconds."""

    session: bytes
    from_us: int
    until_us: int


def span_of(interval: Interval) -> Span:
    """The UTC seconds of an interval.

    Raises:
        Refusal: it ends before it begins, or names a time that clocks skip or show twice.
    """
    start_s = _moment_s(interval, interval.first)
    if interval.last in _ENDS_OF_DAY:
        end_s = day_span(interval.day, [ZoneSince(_LONG_AGO_S, interval.zone)])[1]
    else:
        end_s = _moment_s(interval, interval.last)
    if end_s <= start_s:
        raise _invalid(N_("It ends before it begins: %(interval)s."), interval=interval.words)
    return start_s, end_s


def disputed_in(
    intervals: Sequence[Interval],
    lines: Sequence[HoursLine],
    worked: Mapping[int, Sequence[Stretch]],
) -> list[Disputed]:
    """What intervals doubt of the sessions that have time in them.

    Args:
        intervals: each on a day of the week.
        lines: of the week.
        worked: each session's time, by its row.

    Raises:
        Refusal: an interval makes no sense, or nothing of the week lies in it.
    """
    found = []
    for interval in intervals:
        start_s, end_s = span_of(interval)
        sessions = {
            line.session
            for line in lines
            if (line.day, line.zone) == (interval.day, interval.zone)
            and any(a < end_s and b > start_s for a, b, _ in worked.get(line.session_row, ()))
        }
        if not sessions:
            raise _invalid(
                N_("Nothing of this week lies in %(interval)s."), interval=interval.words
            )
        found += [Disputed(one, start_s * _SECOND_US, end_s * _SECOND_US) for one in sessions]
    return found


def _moment_s(interval: Interval, clock: str) -> int:
    try:
        at = time.fromisoformat(clock)
    except ValueError as error:
        raise _invalid(N_("Write times of the day like 09:30.")) from error
    if at.tzinfo is not None:
        raise _invalid(N_("Write times of the day like 09:30."))
    local = datetime.fromordinal(interval.day) + timedelta(hours=at.hour, minutes=at.minute)
    local += timedelta(seconds=at.second)
    zone = ZoneInfo(interval.zone)
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        there = first.astimezone(zone).replace(tzinfo=None) == local
        raise _invalid(
            _TWICE if there else _NEVER, day=_date(interval.day), zone=interval.zone, clock=clock
        )
    return int(first.timestamp())


def _date(day: int) -> str:
    return datetime.fromordinal(day).strftime("%a %d %b")


def _invalid(detail: str, **values: object) -> Refusal:
    return Refusal(ProblemCode.INVALID_REQUEST, 400, detail, values=values)
