"""Columns of one kind of event over all of a session's batches, and what sources watched."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from detector.tables import MISSING, IntArray
from wire import events
from wire.body import Body
from wire.codes import Category, KeyFlag, SourceName, SourceState
from wire.keys import KeyClass
from wire.schema import schema_of

Rows = dict[str, IntArray]
E = TypeVar("E", bound=events.Event)


def rows_of(bodies: Sequence[Body], kind: type[events.Event]) -> Rows:
    """Return the columns of one kind over all bodies, in order of time."""
    found = [body.columns(kind) for body in bodies if kind in body.tables]
    parts = [columns for columns in found if len(columns["t_us"])]
    names = [entry.name for entry in schema_of(kind)]
    columns = {
        name: np.concatenate([np.asarray(p[name]).astype(np.int64) for p in parts])
        if parts
        else np.zeros(0, np.int64)
        for name in names
    }
    order = np.argsort(columns["t_us"], kind="stable")
    return {name: values[order] for name, values in columns.items()}


def key_pressed(key_class: IntArray, flags: IntArray) -> IntArray:
    """Return key classes of key presses; what a command key held is no text."""
    key = np.minimum(key_class, int(KeyClass.OTHER))
    commands = ((flags & int(KeyFlag.CHORD)) != 0) & (key <= int(KeyClass.TAB))
    return np.where(commands, int(KeyClass.FUNCTION), key)


def hold_pressed(hold_us: IntArray) -> IntArray:
    """Return hold times of key presses, `MISSING` where no release came."""
    return np.where(hold_us == events.MISSING_U32, MISSING, hold_us)


def events_of(bodies: Sequence[Body], kind: type[E]) -> Iterator[E]:
    """Yield the events of one kind, body by body."""
    for body in bodies:
        if kind in body.tables:
            yield from body.events(kind)


def watched(health: Rows, source: SourceName) -> bool:
    """Whether a source ever ran; true where no health was reported at all."""
    if not len(health["t_us"]):
        return True
    mine = health["source"] == source
    good = (health["state"] == SourceState.RUNNING) | (health["state"] == SourceState.DEGRADED)
    return bool(np.any(mine & good))


def length_of(value: int) -> int:
    """Return a length, `MISSING` where nobody saw it."""
    return MISSING if value == events.MISSING_U32 else value


def category_of(value: int) -> Category:
    """Return a window's category; one of a newer agent is unknown here."""
    return Category(value) if value in set(Category) else Category.UNKNOWN
