"""What the batches hold: half minutes of simulated work, and the same events as JSON for others.

The typing is cut from the project's simulated writers and drawn together until 30 seconds hold the
design's 400 events: 372 keystrokes, 26 seconds of pointer movement, two changes of the window in
front. Nobody keeps that up for an hour; it is the figure that the server is laid out for.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
import numpy as np

from detector.simulation import composing
from detector.simulation.session import without_effects
from wire.body import Body, Columns
from wire.codes import Category, KeyFlag
from wire.events import MISSING_U32, Event, Focus, Keystroke, PointerSecond
from wire.keys import KeyClass
from wire.schema import schema_of

STRETCH_US = 30_000_000
_KEYS = 372
_POINTER_SECONDS = 26
_LAST_KEY_US = 29_400_000
_MS = 1000
_SESSIONS = 24
_CHARACTERS = 2_500
_BEGAN = datetime(2026, 11, 30, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half a minute of work; times count from its start."""

    tables: Mapping[type[Event], Columns]

    def at(self, start_us: int) -> Body:
        """The stretch as a batch's body, later by `start_us`."""
        return Body(
            {
                kind: {**columns, "t_us": array("Q", [t + start_us for t in columns["t_us"]])}
                for kind, columns in self.tables.items()
            }
        )

    @property
    def events(self) -> int:
        """How many."""
        return sum(len(columns["t_us"]) for columns in self.tables.values())


@cache
def writers(seed: int) -> tuple[tuple[Stretch, ...], ...]:
    """So many writers' sessions, each as its stretches in order."""
    rng = np.random.default_rng(seed)
    return tuple(_session(rng) for _ in range(_SESSIONS))


def stretch_of(seed: int, agent: int, sequence: int) -> Stretch:
    """What an agent recorded in its half minute number `sequence`."""
    everybody = writers(seed)
    mine = everybody[agent % len(everybody)]
    return mine[(agent // len(everybody) + sequence) % len(mine)]


def _session(rng: np.random.Generator) -> tuple[Stretch, ...]:
    table = without_effects(composing(rng, characters=_CHARACTERS).keystrokes)
    keys = table.key != KeyClass.CLICK
    times, holds, classes = table.t_us[keys], table.hold_us[keys], table.key[keys]
    return tuple(
        _stretch(rng, times[at : at + _KEYS], holds[at : at + _KEYS], classes[at : at + _KEYS])
        for at in range(0, len(times) - _KEYS, _KEYS)
    )


def _stretch(
    rng: np.random.Generator, times: np.ndarray, holds: np.ndarray, classes: np.ndarray
) -> Stretch:
    since = times - times[0]
    drawn = since * (_LAST_KEY_US / since[-1]) // _MS * _MS
    whole = np.where(holds < 0, MISSING_U32, holds // _MS * _MS)
    seconds = np.sort(rng.choice(30, _POINTER_SECONDS, replace=False)) * 1_000_000
    away = int(rng.integers(3_000_000, 20_000_000))
    return Stretch(
        {
            Keystroke: {
                "t_us": array("Q", drawn.astype(int).tolist()),
                "hold_us": array("I", whole.tolist()),
                "key_class": array("B", classes.tolist()),
                "flags": array("B", [KeyFlag.ORIGIN_KNOWN] * _KEYS),
                "device": array("B", [1] * _KEYS),
            },
            PointerSecond: {
                "t_us": array("Q", seconds.tolist()),
                "moved_px": array("I", rng.integers(20, 900, _POINTER_SECONDS).tolist()),
                "clicks": array("H", (rng.random(_POINTER_SECONDS) < 0.15).astype(int).tolist()),
                "scrolls": array("H", rng.integers(0, 12, _POINTER_SECONDS).tolist()),
            },
            Focus: {
                "t_us": array("Q", [away, away + 4_000_000]),
                "category": array("B", [Category.REFERENCE, Category.TASK]),
                "in_scope": array("B", [0, 1]),
                "window": array("H", [2, 1]),
            },
        }
    )


def rows_of(stretch: Stretch) -> list[dict[str, int | str]]:
    """The events as rows with the names of their fields, as a team would send them first."""
    rows: list[dict[str, int | str]] = []
    for kind, columns in stretch.tables.items():
        names = [entry.name for entry in schema_of(kind)]
        rows += [
            {"kind": kind.__name__, **dict(zip(names, values, strict=True))}
            for values in zip(*(columns[name] for name in names), strict=True)
        ]
    return rows


def as_plain_json(stretch: Stretch, session: str) -> bytes:
    """A request to `bench.server.plain`."""
    return msgspec.json.encode({"session": session, "events": rows_of(stretch)})


def as_activitywatch_json(stretch: Stretch) -> bytes:
    """Events as ActivityWatch's watchers insert them: a time, a duration and their data."""
    events = []
    for row in rows_of(stretch):
        t_us = int(row.pop("t_us"))
        hold_us = row.get("hold_us", 0)
        events.append(
            {
                "timestamp": (_BEGAN + timedelta(microseconds=t_us)).isoformat(),
                "duration": 0.0 if hold_us == MISSING_U32 else int(hold_us) / 1e6,
                "data": row,
            }
        )
    return msgspec.json.encode(events)
