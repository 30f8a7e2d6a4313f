"""A recorded session in a file: the columns that a recorder was given, as JSON, and its pictures.

`events` maps the name of an event kind to its columns, in the order of `wire.schema`; a column is
a list of integers, one per event. There is no text in it but the sample's own description; of texts
that were submitted there are the classes.
"""

from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path

import msgspec

from wire.events import EVENT_TYPES, Event
from wire.schema import schema_of

SESSIONS = Path(__file__).parent / "sessions"
PICTURES = Path(__file__).parent / "pictures"


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One session.

    Attributes:
        person: who worked, an invented name.
        shows: what the session is, in a sentence.
        duration_us: clock-in to clock-out.
        started_minutes_ago: how long before the demo it began.
        pictures: file names of the screenshots in `samples/pictures`.
        events: columns by event kind and field.
    """

    person: str
    shows: str
    duration_us: int
    started_minutes_ago: int
    pictures: tuple[str, ...]
    events: dict[str, dict[str, list[int]]]
    texts: tuple[str, ...] = ()
    """Classes of the texts that were submitted (`wire.textclass`)."""


def columns_of(events: Iterable[Event]) -> dict[str, dict[str, list[int]]]:
    """Lay events out as columns."""
    ordered = sorted(events, key=attrgetter("t_us"))
    tables: dict[str, dict[str, list[int]]] = {}
    for kind in EVENT_TYPES:
        rows = [event for event in ordered if type(event) is kind]
        if rows:
            tables[kind.__name__] = {
                entry.name: [getattr(row, entry.name) for row in rows] for entry in schema_of(kind)
            }
    return tables


def events_of(sample: Sample) -> list[Event]:
    """The events of a sample, oldest first."""
    kinds = {kind.__name__: kind for kind in EVENT_TYPES}
    events: list[Event] = []
    for name, columns in sample.events.items():
        ordered = [columns[entry.name] for entry in schema_of(kinds[name])]
        events.extend(kinds[name](*row) for row in zip(*ordered, strict=True))
    return sorted(events, key=attrgetter("t_us"))


def load_samples() -> list[Sample]:
    """Every sample that ships, in the order of the numbers of their files."""
    return [
        msgspec.json.decode(path.read_bytes(), type=Sample)
        for path in sorted(SESSIONS.glob("*.json"), key=_number)
    ]


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])
