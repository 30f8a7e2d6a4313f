"""What a session looks like to the detector: columns of numbers, never characters.

Times are microseconds from the session's first event. ``MISSING`` (-1) marks a value that was
not recorded; a whole evidence source that was not recorded is ``None`` in `Recording`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import BadTableError
from detector.surroundings import (
    Device,
    ElsewhereMinutes,
    Page,
    PointerSeconds,
    Shown,
    Submission,
    Task,
)
from wire.codes import Category, InsertionHow, InsertionSeenBy, Mode
from wire.keys import KeyClass

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MISSING = -1
MAX_SPAN_US = 30 * 24 * 3600 * 1_000_000
"""Longest session accepted (30 days); a longer one is a broken clock."""

CLOCK_BACK_US = 2_000_000
"""Devices report a little out of order; a step back by more is a clock that was set back."""
MOST_CLOCK_CHANGES = 3
"""With more steps back than this the rows were never sorted, and sorting mends them."""

TEXT_KEYS = (
    KeyClass.LETTER,
    KeyClass.DIGIT,
    KeyClass.PUNCT,
    KeyClass.SPACE,
    KeyClass.ENTER,
    KeyClass.TAB,
)
"""Key classes that put one character into a text."""


class Activity(IntEnum):
    """What a keystroke did to the text, where the recorder could see it."""

    INPUT = 0
    REMOVE = 1
    REPLACE = 2
    PASTE = 3
    MOVE = 4
    AI_INSERT = 5
    AI_REQUEST = 6
    NONE = 7
    UNKNOWN = 8


def int_column(values: Iterable[int] | NDArray[Any]) -> IntArray:
    """Return ``values`` as a read-only int64 column."""
    array = np.array(values if isinstance(values, np.ndarray) else list(values), dtype=np.int64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True)
class Keystrokes:
    """One row a key press, ordered by time.

    Attributes:
        t_us: press time.
        hold_us: release minus press, or `MISSING`.
        key: a `wire.keys.KeyClass` value.
        inserted: characters put in, or `MISSING` where the recorder cannot see the text.
        deleted: characters taken out, or `MISSING`.
        cursor: caret offset reported with the row, or `MISSING`.
        activity: an `Activity` value.
    """

    t_us: IntArray
    hold_us: IntArray
    key: IntArray
    inserted: IntArray
    deleted: IntArray
    cursor: IntArray
    activity: IntArray

    def __post_init__(self) -> None:
        """Check lengths, order and ranges.

        Raises:
            BadTableError: if columns differ in length, times go back or span more than 30 days,
                or a class is unknown.
        """
        count = len(self.t_us)
        if any(len(getattr(self, name)) != count for name in KEYSTROKE_COLUMNS):
            raise BadTableError("keystroke columns differ in length")
        if not count:
            return
        if np.any(self.t_us[1:] < self.t_us[:-1]):
            raise BadTableError("key press times go back in time")
        if int(self.t_us[-1]) - int(self.t_us[0]) > MAX_SPAN_US:
            raise BadTableError("key press times span more than 30 days")
        if self.key.min() < 0 or self.key.max() > max(KeyClass):
            raise BadTableError("unknown key class")
        if self.activity.min() < 0 or self.activity.max() > max(Activity):
            raise BadTableError("unknown activity")

    def __len__(self) -> int:
        return len(self.t_us)

    def rows(self, start: int, stop: int) -> "Keystrokes":
        """Return the rows ``start:stop`` as views."""
        return Keystrokes(*(getattr(self, name)[start:stop] for name in KEYSTROKE_COLUMNS))

    @property
    def effects_seen(self) -> bool:
        """Whether the recorder saw what each key did to the text."""
        return bool(len(self) and np.any(self.inserted > 0))

    @property
    def cursor_seen(self) -> bool:
        """Whether the recorder saw the caret."""
        return bool(len(self) and np.any(self.cursor >= 0))


KEYSTROKE_COLUMNS = ("t_us", "hold_us", "key", "inserted", "deleted", "cursor", "activity")


def keystrokes(
    t_us: NDArray[Any] | Iterable[int],
    key: NDArray[Any] | Iterable[int],
    hold_us: NDArray[Any] | Iterable[int] | None = None,
    *,
    inserted: NDArray[Any] | Iterable[int] | None = None,
    deleted: NDArray[Any] | Iterable[int] | None = None,
    cursor: NDArray[Any] | Iterable[int] | None = None,
    activity: NDArray[Any] | Iterable[int] | None = None,
) -> Keystrokes:
    """Make a table from columns; those not given are marked as not recorded.

    Rows are put in time order (stable), since releases and presses of different devices may
    arrive a little out of order. Where a clock was set back, that would shuffle two stretches of
    typing into each other: such a table is refused.

    Raises:
        BadTableError: as `Keystrokes`.
    """
    times = int_column(t_us)
    count = len(times)
    missing = np.full(count, MISSING, dtype=np.int64)
    columns = [
        times,
        missing if hold_us is None else int_column(hold_us),
        int_column(key),
        missing if inserted is None else int_column(inserted),
        missing if deleted is None else int_column(deleted),
        missing if cursor is None else int_column(cursor),
        np.full(count, Activity.UNKNOWN, dtype=np.int64)
        if activity is None
        else int_column(activity),
    ]
    if any(len(column) != count for column in columns):
        raise BadTableError("keystroke columns differ in length")
    steps = np.diff(times)
    if np.any(steps < 0):
        back = int(np.count_nonzero(steps < -CLOCK_BACK_US))
        if 0 < back <= MOST_CLOCK_CHANGES:
            raise BadTableError(
                f"the clock was set back by {-int(steps.min()) / 1e6:.0f} s in the session: "
                "split it there"
            )
        order = np.argsort(times, kind="stable")
        columns = [column[order] for column in columns]
    return Keystrokes(*columns)


def no_keystrokes() -> Keystrokes:
    """Return the empty table."""
    return keystrokes((), ())


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text that appeared without the keystrokes to type it.

    Attributes:
        t_us: when it appeared.
        length_chars: how much appeared, or `MISSING` if unseen.
        how: by which route it got in.
        tag: keyed tag of the text, equal to its copy's; 0 if not known.
        aids: modes that the person had declared at that moment.
        seen_by: which observation says so; None where the recorder does not tell.
    """

    t_us: int
    length_chars: int
    how: InsertionHow = InsertionHow.UNKNOWN
    tag: int = 0
    aids: frozenset[Mode] = frozenset()
    seen_by: InsertionSeenBy | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """The clipboard changed: a length, a keyed tag and the window category it came from."""

    t_us: int
    length_chars: int
    category: Category = Category.UNKNOWN
    tag: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Focus:
    """A stretch in which one category of window was in focus."""

    start_us: int
    end_us: int
    category: Category


@dataclass(frozen=True, slots=True)
class InputOrigin:
    """Where each key press came from; columns parallel to the keystrokes.

    Attributes:
        injected: 1 if the system says that a program sent the press, 0 if not, -1 unknown.
        device: which keyboard of the session, numbered as first seen; 0 unknown.
    """

    injected: IntArray
    device: IntArray

    @property
    def injected_share(self) -> float:
        """Share of presses marked as injected among those of known origin; NaN if none is."""
        known = self.injected >= 0
        return float(np.mean(self.injected[known])) if np.any(known) else np.nan


@dataclass(frozen=True, slots=True)
class Recording:
    """All evidence of one session; ``None`` means that source was not recorded.

    Attributes:
        keystrokes: the key presses.
        insertions: pastes and other insertions seen by the recorder.
        copies: clipboard copies seen.
        focus: focus intervals by window category.
        pointer: seconds in which the pointer was used.
        page: what a browser extension saw in task pages.
        submissions: texts that were submitted.
        tasks: the session's tasks; empty where the session is one.
        shown: how much there was to read, where the platform says so.
        elsewhere: activity outside the scope.
        away: intervals in which the person was idle, or the screen locked or suspended.
        media: intervals in which sound or video played.
        manual: intervals that the person added by hand; nothing of them was observed.
        device: facts about the device.
        origin: input origin columns, parallel to `keystrokes`.
        declared: input modes the person declared in this session.
        unobserved: intervals in which a source was down, as (start_us, end_us).
        paused: intervals in which the person paused the recording.
        duration_us: clock-in to clock-out, or `MISSING` to use the keystrokes' span.
    """

    keystrokes: Keystrokes
    insertions: tuple[Insertion, ...] | None = None
    copies: tuple[Copy, ...] | None = None
    focus: tuple[Focus, ...] | None = None
    pointer: PointerSeconds | None = None
    page: Page | None = None
    submissions: tuple[Submission, ...] | None = None
    tasks: tuple[Task, ...] = ()
    shown: tuple[Shown, ...] | None = None
    elsewhere: ElsewhereMinutes | None = None
    away: tuple[tuple[int, int], ...] | None = None
    media: tuple[tuple[int, int], ...] = ()
    manual: tuple[tuple[int, int], ...] = ()
    device: Device | None = None
    origin: InputOrigin | None = None
    declared: frozenset[Mode] = field(default_factory=frozenset)
    unobserved: tuple[tuple[int, int], ...] = ()
    paused: tuple[tuple[int, int], ...] = ()
    duration_us: int = MISSING
