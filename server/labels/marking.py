"""Marking sessions as controls, from the file that the control-session kit writes."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.errors import ConfigInvalid
from server.records import Truth
from server.storage.protocols import OrganisationStore

_ID_BYTES = 16
_ACTOR = "operator"


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of the lines."""

    marked: int
    already: int
    unknown: tuple[str, ...]
    """Sessions that the organisation does not have."""


def read_made(path: Path) -> Sequence[tuple[bytes, Truth]]:
    """Which session was made how.

    Raises:
        ConfigInvalid: the file is missing or a line is not understood; it names the line.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [_line(number, line) for number, line in enumerate(csv.DictReader(file), 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigInvalid(f"{path} cannot be read: {type(error).__name__}") from None


def mark(store: OrganisationStore, made: Sequence[tuple[bytes, Truth]], now_us: int) -> Marked:
    """Mark sessions as controls; what is marked already stays as it is."""
    marked = already = 0
    unknown = []
    for session, truth in made:
        entry = store.session(session)
        if entry is None:
            unknown.append(session.hex())
        elif store.mark_control(entry.row, truth, _ACTOR, now_us):
            marked += 1
            store.audit(_ACTOR, "control.marked", session.hex())
        else:
            already += 1
    return Marked(marked, already, tuple(unknown))


def _line(number: int, line: dict[str, str | None]) -> tuple[bytes, Truth]:
    try:
        session = bytes.fromhex(line["session"] or "")
        truth = Truth(line["truth"] or "")
    except (KeyError, ValueError):
        session = b""
    if len(session) != _ID_BYTES:
        words = ", ".join(truth.value for truth in Truth)
        raise ConfigInvalid(
            f"line {number}: 'session' is 32 hex digits, and 'truth' one of {words}"
        )
    return session, truth
