"""Marking sessions as controls, from the file that the control-session kit writes."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.errors import ConfigInvalid
from server.records import Made, Truth
from server.storage.protocols import OrganisationStore

_ID_BYTES = 16
_WORD_MAX_CHARS = 20
_ACTOR = "operator"


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of the lines."""

    marked: int
    already: int
    unknown: tuple[str, ...]
    """Sessions that the organisation does not have."""


@dataclass(frozen=True, slots=True)
class MadeSession:
    """A line of the file."""

    session: bytes
    truth: Truth
    made: Made


def read_made(path: Path) -> Sequence[MadeSession]:
    """Which session was made how; who wrote in which language, and how, may be left out.

    Raises:
        ConfigInvalid: the file is missing or a line is not understood; it names the line.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [_line(number, line) for number, line in enumerate(csv.DictReader(file), 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigInvalid(f"{path} cannot be read: {type(error).__name__}") from None


def mark(store: OrganisationStore, made: Sequence[MadeSession], now_us: int) -> Marked:
    """Mark sessions as controls; what is marked already stays as it is."""
    marked = already = 0
    unknown = []
    for one in made:
        entry = store.session(one.session)
        if entry is None:
            unknown.append(one.session.hex())
        elif store.mark_control(entry.row, one.truth, _ACTOR, now_us, one.made):
            marked += 1
            store.audit(_ACTOR, "control.marked", one.session.hex())
        else:
            already += 1
    return Marked(marked, already, tuple(unknown))


def _line(number: int, line: dict[str, str | None]) -> MadeSession:
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
    return MadeSession(session, truth, Made(_word(line, "language"), _word(line, "input")))


def _word(line: dict[str, str | None], name: str) -> str | None:
    """A word that groups sessions, or nothing."""
    return (line.get(name) or "").strip().lower()[:_WORD_MAX_CHARS] or None
