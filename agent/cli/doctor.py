"""What this desktop lets the agent see, and the fix for what it does not."""

import os
import sys
import textwrap
from collections.abc import Sequence

import click
import msgspec

from agent.doctor.examination import examine
from agent.doctor.finding import ABSENT, FAILS, PART, WORKS, Desk, Finding, Report
from agent.paths import open_paths
from agent.settings import read_settings

_WIDTH = 80
_TOPIC = 15
_PASSWORDS = "Password fields of these kinds. Pause, or have such windows made private:"
_MARKS = {
    WORKS: ("ok", "green"),
    PART: ("part", "yellow"),
    FAILS: ("FAIL", "red"),
    ABSENT: ("-", "bright_black"),
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Say what this desktop lets Veritype see, and how to mend what does not work."""
    report = examine(Desk(os.environ, sys.platform, open_paths(), read_settings()))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        click.echo(report_text(report), color=_colour())
    sys.exit(0 if report.works else 1)


def report_text(report: Report) -> str:
    """The report in words, at most 80 columns wide, with colours that `click.echo` may strip."""
    blocks = [
        _title("What Veritype can see on this desktop"),
        *_lines(report.seeing),
        "",
        _title("What it cannot see here, whatever works"),
        *(_wrapped(sentence, "  - ", "    ") for sentence in report.unseen),
        *_passwords(report.passwords),
        "",
        _title("This device and the way to the server"),
        *_lines(report.keeping),
        "",
        _verdict(report),
    ]
    return "\n".join(blocks)


def _lines(findings: Sequence[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        mark, colour = _MARKS[finding.state]
        head = f"  {mark:<5}{finding.topic:<{_TOPIC}}"
        text = _wrapped(finding.says, head, " " * len(head))
        lines.append("  " + click.style(f"{mark:<5}", fg=colour) + text[7:])
        if finding.fix:
            lines.append(_wrapped(finding.fix, " " * len(head) + "Fix: ", " " * len(head)))
    return lines


def _passwords(kinds: Sequence[str]) -> list[str]:
    if not kinds:
        return []
    lines = [_wrapped(_PASSWORDS, "  - ", "    ")]
    return lines + [_wrapped(kind, "    * ", "      ") for kind in kinds]


def _wrapped(text: str, first: str, rest: str) -> str:
    return textwrap.fill(text, _WIDTH - 1, initial_indent=first, subsequent_indent=rest)


def _title(words: str) -> str:
    return click.style(words, bold=True)


def _verdict(report: Report) -> str:
    if report.works:
        return click.style("Everything that is needed works.", fg="green", bold=True)
    return click.style(
        "Something that is needed does not work: see FAIL above.", fg="red", bold=True
    )


def _colour() -> bool | None:
    """None lets click decide by the terminal; the NO_COLOR habit is honoured."""
    return False if os.environ.get("NO_COLOR") else None
