"""What surrounded the typing: pages, pointer, tasks, absences, the device. Numbers only.

Each value is ``None`` in `detector.tables.Recording` where its source was not recorded; an empty
one says that the source watched and saw nothing. Times are microseconds from the session's start.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]
Intervals = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PointerSeconds:
    """Seconds in which the pointer was used inside the scope; one row a second, in order.

    Attributes:
        t_us: when the second began.
        moved_px: how far it moved.
        clicks: buttons pressed.
        scrolls: wheel steps.
    """

    t_us: Column
    moved_px: Column
    clicks: Column
    scrolls: Column


@dataclass(frozen=True, slots=True)
class ElsewhereMinutes:
    """Activity outside the scope: counts of a minute, never the time of a key.

    Attributes:
        t_us: the minute's beginning.
        category: a `wire.codes.Category` value.
        keys: keys pressed.
        pointer: clicks and wheel steps.
    """

    t_us: Column
    category: Column
    keys: Column
    pointer: Column


@dataclass(frozen=True, slots=True)
class PageEdits:
    """Changes of text fields in task pages, as the browser extension saw them, in order.

    Attributes:
        t_us: first change of a run.
        duration_us: to the run's last change; 0 for a single one.
        how: a `wire.codes.EditHow` value.
        inserted: characters put in.
        deleted: characters taken out.
        flags: `wire.codes.EditFlag` bits.
        field: which text field of the session.
        region: which of the policy's regions, counted from 1; 0 for none.
    """

    t_us: Column
    duration_us: Column
    how: Column
    inserted: Column
    deleted: Column
    flags: Column
    field: Column
    region: Column

    def __len__(self) -> int:
        return len(self.t_us)


@dataclass(frozen=True, slots=True)
class CaretJumps:
    """Moves of a text field's caret other than by typing, in order.

    Attributes:
        t_us: when.
        field: which text field of the session.
        distance: characters moved over; the direction is in the flags.
        flags: `wire.codes.CaretFlag` bits.
    """

    t_us: Column
    field: Column
    distance: Column
    flags: Column


@dataclass(frozen=True, slots=True)
class RegionVisit:
    """A stretch in which the attention in a task page was in one region (0: in none)."""

    start_us: int
    end_us: int
    region: int


@dataclass(frozen=True, slots=True)
class Page:
    """All that a browser extension saw in task pages."""

    edits: PageEdits
    jumps: CaretJumps
    visits: tuple[RegionVisit, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """A text that was submitted.

    Attributes:
        t_us: when.
        length_chars: its length.
        field: the text field it came from; 0 if not known.
        region: the policy's region of that field; 0 for none.
        text_class: its classes (`wire.textclass`), where they are stored and were handed over.
    """

    t_us: int
    length_chars: int
    field: int = 0
    region: int = 0
    text_class: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the session, from its begin to its end or submission."""

    number: int
    start_us: int
    end_us: int
    submitted: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """How much a task gave to read, where the platform says so.

    Attributes:
        length_chars: characters.
        task: the task's number; 0 for the session as a whole.
    """

    length_chars: int
    task: int = 0


@dataclass(frozen=True, slots=True)
class Device:
    """Facts about the device, for context; ``None`` where it did not say. No sign of guilt."""

    virtual_machine: bool | None = None
    remote_desktop: bool | None = None
    seats: int | None = None
    keyboards: int | None = None
    display_server: int | None = None
    """A `wire.codes.DisplayServer` value."""
