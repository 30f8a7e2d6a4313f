"""A day's hours by project, from what this device keeps: for `veritype today` and the page."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from agent.clock import zone_name
from agent.face.consents import name_of
from agent.paths import Paths
from agent.session.hours import HourRow, Hours, What, hours_within
from agent.spool.reading import SpoolReader

_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class SessionHours:
    """One session's part of the day."""

    session: str
    begins: str
    """First moment of this day, local time."""
    ends: str
    open: bool
    """It goes on."""
    hours: Hours


@dataclass(frozen=True, slots=True)
class ProjectHours:
    """One project's part of the day."""

    project: str
    name: str
    hours: Hours
    sessions: tuple[SessionHours, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A local day; sessions that cross midnight are split there."""

    date: str
    zone: str
    utc_offset_min: int
    """At noon of that day."""
    total: Hours
    projects: tuple[ProjectHours, ...]

    def as_json(self) -> dict[str, Any]:
        """For `--json`: `docs/agent.md` explains each field."""
        return asdict(self)


def day_of(
    reader: SpoolReader, paths: Paths, day: date, now_us: int, live_session: str = ""
) -> Day:
    """The hours of a local day. `live_session` (hex) is the one that is being recorded now."""
    from_us, to_us = _midnight_us(day), _midnight_us(day + timedelta(days=1))
    found: dict[bytes, list[SessionHours]] = {}
    for seen in reader.sessions():
        rows = reader.hours(seen.session)
        live = seen.session.hex() == live_session
        hours = hours_within(rows, from_us, to_us, now_us if live else None)
        if hours:
            part = _part(seen.session, rows, (from_us, to_us), now_us if live else None, hours)
            found.setdefault(seen.project, []).append(part)
    projects = tuple(
        sorted(
            (
                ProjectHours(
                    project.hex(),
                    name_of(paths, project),
                    sum((part.hours for part in parts), Hours()),
                    tuple(parts),
                )
                for project, parts in found.items()
            ),
            key=lambda each: each.name.lower(),
        )
    )
    noon = datetime.combine(day, time(12)).astimezone()
    offset = noon.utcoffset() or timedelta()
    return Day(
        day.isoformat(),
        zone_name(),
        round(offset.total_seconds() / 60),
        sum((project.hours for project in projects), Hours()),
        projects,
    )


def _part(
    session: bytes,
    rows: list[HourRow],
    within_us: tuple[int, int],
    now_us: int | None,
    hours: Hours,
) -> SessionHours:
    moments = [
        row.zero_us + at_us
        for row in rows
        if row.what is not What.MANUAL
        for at_us in (row.start_us, row.end_us)
    ]
    first_us = max(min(moments, default=within_us[0]), within_us[0])
    last_us = min(max(*moments, now_us or 0, first_us), within_us[1])
    return SessionHours(session.hex(), _clock(first_us), _clock(last_us), now_us is not None, hours)


def _midnight_us(day: date) -> int:
    return round(datetime.combine(day, time()).astimezone().timestamp()) * _SECOND_US


def _clock(at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us / 1e6).astimezone():%H:%M:%S}"
