"""The hours of a day."""

import json
import time
from datetime import datetime

import click

from agent.errors import AgentNotRunning
from agent.face import control
from agent.face.control import Request
from agent.face.day import Day, ProjectHours, day_of
from agent.face.wording import plain
from agent.identity import load_enrolled
from agent.paths import Paths, open_paths
from agent.session.hours import Hours
from agent.settings import read_settings
from agent.spool.reading import reading


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--date",
    "chosen",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Another day than today.",
)
def today(*, as_json: bool, chosen: datetime | None) -> None:
    """Show the hours of a day, by project: observed, paused, without input, added by hand.

    The day is the local one of this computer's time zone; a session that crosses midnight is split
    there. The figures are kept on this computer and reach to the last sealed batch, at most half a
    minute ago. What the server counts stands on its session page.
    """
    paths, settings = open_paths(), read_settings()
    load_enrolled(paths)
    day = (chosen or datetime.now().astimezone()).date()
    with reading(paths, settings) as reader:
        found = day_of(reader, paths, day, time.time_ns() // 1000, _live_session(paths))
    click.echo(json.dumps(found.as_json(), ensure_ascii=False) if as_json else day_text(found))


def day_text(day: Day) -> str:
    """The day in words."""
    hours, minutes = divmod(abs(day.utc_offset_min), 60)
    sign = "-" if day.utc_offset_min < 0 else "+"
    lines = [f"{day.date}, time zone {day.zone} (UTC{sign}{hours:02}:{minutes:02})"]
    if not day.projects:
        return "\n".join([*lines, "Nothing was recorded or added on this day."])
    for project in day.projects:
        lines += _project_lines(project)
    if len(day.projects) > 1:
        lines.append(f"All projects: {hours_text(day.total)}")
    return "\n".join(lines)


def hours_text(hours: Hours) -> str:
    """Hours in words; what is nothing is left out, but for observed time."""
    parts = [f"observed {_length(hours.observed_s)}"]
    rest = (
        ("without input", hours.idle_s),
        ("paused", hours.paused_s),
        ("not recorded", hours.unobserved_s),
        ("added by hand", hours.manual_s),
    )
    parts += [f"{name} {_length(seconds)}" for name, seconds in rest if seconds]
    return ", ".join(parts)


def _project_lines(project: ProjectHours) -> list[str]:
    return [
        f"{plain(project.name)}: {hours_text(project.hours)}",
        *(
            f"  {part.begins} to {'now' if part.open else part.ends}: {hours_text(part.hours)}"
            for part in project.sessions
        ),
    ]


def _length(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 3600} h {whole // 60 % 60:02} min" if whole >= 3600 else f"{whole // 60} min"


def _live_session(paths: Paths) -> str:
    try:
        return control.ask(paths.socket, Request(do="status"), 5.0).session
    except AgentNotRunning:
        return ""
