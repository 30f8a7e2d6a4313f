"""Prints the table of everything that is recorded, from the events' own declarations.

`python -m wire.privacy` writes the table to standard output; `python -m wire.privacy PRIVACY.md`
rewrites it in place between its two marks, and with `--check` only says whether it is up to date.
"""

import argparse
import sys
from pathlib import Path

from wire.columns import Width
from wire.events import EVENT_TYPES, Event
from wire.schema import schema_of

BEGIN = "<!-- table: begin (made by python -m wire.privacy; do not edit) -->"
END = "<!-- table: end -->"
BEGIN_SUMMARY = "<!-- summary: begin (made by python -m wire.privacy; do not edit) -->"
END_SUMMARY = "<!-- summary: end -->"


def table() -> str:
    """The Markdown table of every field of every event."""
    lines = [
        "| event | field | stored as | purpose | sensitivity | kept |",
        "|---|---|---|---|---|---|",
    ]
    lines.extend(row for kind in EVENT_TYPES for row in _rows(kind))
    return "\n".join(lines)


def summary() -> str:
    """A Markdown table with a row for each event: what for, how sensitive, how long."""
    lines = ["| event | purposes | sensitivity | kept |", "|---|---|---|---|"]
    for kind in EVENT_TYPES:
        about = [entry.about for entry in schema_of(kind)]
        cells = (
            _distinct([each.purpose for each in about]),
            _distinct([each.sensitivity for each in about]),
            _distinct([each.retention for each in about]),
        )
        lines.append(f"| {kind.__name__} | {' | '.join(cells)} |")
    return "\n".join(lines)


def rewritten(document: str) -> str:
    """The document with its tables replaced: of every field, of every event, or both.

    Raises:
        ValueError: the marks are not there.
    """
    marked = [
        (BEGIN, END, table()),
        (BEGIN_SUMMARY, END_SUMMARY, summary()),
    ]
    if not any(begin in document for begin, _, _ in marked):
        raise ValueError(f"no table marks; put {BEGIN!r} and {END!r} where the table belongs")
    for begin, end, made in marked:
        if begin in document:
            document = _replaced(document, begin, end, made)
    return document


def _replaced(document: str, begin: str, end: str, made: str) -> str:
    before, _, rest = document.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"no table marks; put {end!r} where the table ends")
    return f"{before}{begin}\n{made}\n{end}{after}"


def _distinct(values: list[object]) -> str:
    return "; ".join(dict.fromkeys(str(value) for value in values))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m wire.privacy", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="document to rewrite")
    parser.add_argument("--check", action="store_true", help="exit 1 if the file is out of date")
    options = parser.parse_args(arguments)
    if options.file is None:
        sys.stdout.write(table() + "\n")
        return 0
    old = options.file.read_text(encoding="utf-8")
    new = rewritten(old)
    if options.check:
        if old != new:
            sys.stderr.write(
                f"{options.file} is out of date: run python -m wire.privacy {options.file}\n"
            )
        return int(old != new)
    options.file.write_text(new, encoding="utf-8")
    return 0


def _rows(kind: type[Event]) -> list[str]:
    return [
        f"| {kind.__name__} | `{entry.name}` | {_width(entry.column.width)} "
        f"| {entry.about.purpose} | {entry.about.sensitivity} | {entry.about.retention} |"
        for entry in schema_of(kind)
    ]


def _width(width: Width) -> str:
    sign = "unsigned" if width <= Width.U64 else "signed"
    return f"{sign} integer, {width.size_bytes} byte{'s' if width.size_bytes > 1 else ''}"


if __name__ == "__main__":
    sys.exit(main())
