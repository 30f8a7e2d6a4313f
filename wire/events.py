"""The events a session is made of: one frozen dataclass per kind, integers only.

Every field declares its column (number, width, encoding), its purpose, its sensitivity and how
long it is kept; `wire.privacy` prints `PRIVACY.md`'s table from these declarations and CI fails
when the two differ. A field that is not an integer cannot be declared, so no event can hold a
typed character, a title or clipboard text: images, titles and notes travel as separate objects
that an event names by digest.

`t_us` is always microseconds of the suspend-inclusive monotonic clock since the session's
clock-in.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from wire.columns import Column, Width
from wire.declarations import About, Retention, Sensitivity

MISSING_U32 = 0xFFFF_FFFF
"""Not recorded: a hold time without a release, a length nobody could see."""

_WHEN = About(
    "orders events and measures the time between them",
    Sensitivity.BEHAVIOUR,
    Retention.EVIDENCE,
)
_TYPING = About(
    "timing and class of keys show how text came about, never which text",
    Sensitivity.CLASS_SEQUENCE,
    Retention.CLASS_SEQUENCE,
)
_ORIGIN = About(
    "shows whether text was typed here or came from elsewhere",
    Sensitivity.BEHAVIOUR,
    Retention.EVIDENCE,
)
_PRESENCE = About(
    "hours, and reading counted as work",
    Sensitivity.BEHAVIOUR,
    Retention.EVIDENCE,
)
_CONTEXT = About(
    "the category of the window in front, as context for what was typed",
    Sensitivity.BEHAVIOUR,
    Retention.EVIDENCE,
)
_PICTURE = About(
    "names a screenshot and how it was masked, without holding it",
    Sensitivity.SCREENSHOT,
    Retention.SCREENSHOT,
)
_RECORD = About(
    "says what was recorded and what was not, so that gaps count for nobody's guilt",
    Sensitivity.TECHNICAL,
    Retention.EVIDENCE,
)
_CHOICE = About(
    "the trainer's own statements: pauses, tasks, declared modes, blanked pictures",
    Sensitivity.STATEMENT,
    Retention.EVIDENCE,
)

_CLASSES = About(
    "shows whether the submitted text is the one that was typed, without holding it",
    Sensitivity.CLASS_SEQUENCE,
    Retention.CLASS_SEQUENCE,
)
_DEVICE = About(
    "explains what could and could not be observed on this device",
    Sensitivity.TECHNICAL,
    Retention.EVIDENCE,
)

TimeUs = Annotated[int, Column(1, Width.U64, delta=True), _WHEN]


class Event:
    """Root of all event kinds; `KIND` is the kind's number on the wire."""

    KIND: ClassVar[int]
    t_us: int


@dataclass(frozen=True, slots=True)
class Keystroke(Event):
    """One press of a key inside the project's scope: when, how long, which class."""

    KIND: ClassVar[int] = 1
    t_us: TimeUs
    hold_us: Annotated[int, Column(2, Width.U32), _TYPING]
    key_class: Annotated[int, Column(3, Width.U8), _TYPING]
    """`wire.keys.KeyClass`."""
    flags: Annotated[int, Column(4, Width.U8), _TYPING]
    """`wire.codes.KeyFlag` bits."""
    device: Annotated[int, Column(5, Width.U8), _TYPING]
    """Which keyboard of this session, numbered as first seen; 0: unknown."""


@dataclass(frozen=True, slots=True)
class PointerSecond(Event):
    """One second of pointer activity inside the scope."""

    KIND: ClassVar[int] = 2
    t_us: TimeUs
    moved_px: Annotated[int, Column(2, Width.U32), _PRESENCE]
    clicks: Annotated[int, Column(3, Width.U16), _PRESENCE]
    scrolls: Annotated[int, Column(4, Width.U16), _PRESENCE]


@dataclass(frozen=True, slots=True)
class Activity(Event):
    """One minute of activity outside the scope: counts only, no timing."""

    KIND: ClassVar[int] = 3
    t_us: TimeUs
    category: Annotated[int, Column(2, Width.U8), _CONTEXT]
    """`wire.codes.Category`."""
    keys: Annotated[int, Column(3, Width.U16), _PRESENCE]
    pointer: Annotated[int, Column(4, Width.U16), _PRESENCE]
    """Clicks and scrolls."""


@dataclass(frozen=True, slots=True)
class Focus(Event):
    """Another window came to the front."""

    KIND: ClassVar[int] = 4
    t_us: TimeUs
    category: Annotated[int, Column(2, Width.U8), _CONTEXT]
    """`wire.codes.Category`."""
    in_scope: Annotated[int, Column(3, Width.U8), _CONTEXT]
    window: Annotated[int, Column(4, Width.U16), _CONTEXT]
    """Which window of this session, numbered as first seen."""


@dataclass(frozen=True, slots=True)
class Clipboard(Event):
    """The clipboard changed inside the scope, or outside and was then pasted inside."""

    KIND: ClassVar[int] = 5
    t_us: TimeUs
    action: Annotated[int, Column(2, Width.U8), _ORIGIN]
    """`wire.codes.ClipboardAction`."""
    length_chars: Annotated[int, Column(3, Width.U32), _ORIGIN]
    lines: Annotated[int, Column(4, Width.U32), _ORIGIN]
    tag: Annotated[int, Column(5, Width.U64), _ORIGIN]
    """First 8 bytes of an HMAC under a key that never leaves the session; 0: not computed."""
    source: Annotated[int, Column(6, Width.U8), _ORIGIN]
    """`wire.codes.Category` of the window that was in front at the copy."""
    window: Annotated[int, Column(7, Width.U16), _ORIGIN]


@dataclass(frozen=True, slots=True)
class Insertion(Event):
    """Text appeared inside the scope without keystrokes."""

    KIND: ClassVar[int] = 6
    t_us: TimeUs
    how: Annotated[int, Column(2, Width.U8), _ORIGIN]
    """`wire.codes.InsertionHow`."""
    seen_by: Annotated[int, Column(3, Width.U8), _ORIGIN]
    """`wire.codes.InsertionSeenBy`: how strong the observation is."""
    length_chars: Annotated[int, Column(4, Width.U32), _ORIGIN]
    lines: Annotated[int, Column(5, Width.U32), _ORIGIN]
    tag: Annotated[int, Column(6, Width.U64), _ORIGIN]
    """Equal to the `tag` of the copy it came from; 0: not known."""
    window: Annotated[int, Column(7, Width.U16), _ORIGIN]


@dataclass(frozen=True, slots=True)
class Screenshot(Event):
    """A screenshot was taken, or was due and left out."""

    KIND: ClassVar[int] = 7
    t_us: TimeUs
    outcome: Annotated[int, Column(2, Width.U8), _PICTURE]
    """`wire.codes.ScreenshotOutcome`."""
    flags: Annotated[int, Column(3, Width.U8), _PICTURE]
    """`wire.codes.ScreenshotFlag` bits."""
    width_px: Annotated[int, Column(4, Width.U16), _PICTURE]
    height_px: Annotated[int, Column(5, Width.U16), _PICTURE]
    size_bytes: Annotated[int, Column(6, Width.U32), _PICTURE]
    perceptual: Annotated[int, Column(7, Width.U64), _PICTURE]
    """64-bit difference hash of the stored picture."""
    digest_0: Annotated[int, Column(8, Width.U64), _PICTURE]
    """SHA-256 of the stored picture, big-endian, in four parts; 0: no picture."""
    digest_1: Annotated[int, Column(9, Width.U64), _PICTURE]
    digest_2: Annotated[int, Column(10, Width.U64), _PICTURE]
    digest_3: Annotated[int, Column(11, Width.U64), _PICTURE]


@dataclass(frozen=True, slots=True)
class Presence(Event):
    """Idle, lock, suspend and their ends."""

    KIND: ClassVar[int] = 8
    t_us: TimeUs
    change: Annotated[int, Column(2, Width.U8), _PRESENCE]
    """`wire.codes.PresenceChange`."""


@dataclass(frozen=True, slots=True)
class Clock(Event):
    """The wall clock or its zone moved against the monotonic clock."""

    KIND: ClassVar[int] = 9
    t_us: TimeUs
    step_us: Annotated[int, Column(2, Width.I64), _RECORD]
    utc_offset_min: Annotated[int, Column(3, Width.I16), _RECORD]


@dataclass(frozen=True, slots=True)
class Health(Event):
    """A source started, stopped, failed or is missing on this desktop."""

    KIND: ClassVar[int] = 10
    t_us: TimeUs
    source: Annotated[int, Column(2, Width.U8), _RECORD]
    """`wire.codes.SourceName`."""
    state: Annotated[int, Column(3, Width.U8), _RECORD]
    """`wire.codes.SourceState`."""


@dataclass(frozen=True, slots=True)
class Marker(Event):
    """A session's own boundaries: clock-in, pause, resume, clock-out, task begin and end."""

    KIND: ClassVar[int] = 11
    t_us: TimeUs
    marker: Annotated[int, Column(2, Width.U8), _CHOICE]
    """`wire.codes.MarkerKind`."""
    task: Annotated[int, Column(3, Width.U32), _CHOICE]
    """Which task of the session, numbered as begun; 0: the session itself."""
    reason: Annotated[int, Column(4, Width.U8), _CHOICE]
    """`wire.codes.PauseReason`; 0: none given."""


@dataclass(frozen=True, slots=True)
class DeclaredMode(Event):
    """The trainer says that an aid or a source is in use, from here until switched off."""

    KIND: ClassVar[int] = 12
    t_us: TimeUs
    mode: Annotated[int, Column(2, Width.U8), _CHOICE]
    """`wire.codes.Mode`."""
    on: Annotated[int, Column(3, Width.U8), _CHOICE]


@dataclass(frozen=True, slots=True)
class Blanking(Event):
    """The trainer blanked a screenshot, a title or a note; the minute stays paid."""

    KIND: ClassVar[int] = 13
    t_us: TimeUs
    object_kind: Annotated[int, Column(2, Width.U8), _CHOICE]
    """`wire.codes.ObjectKind`."""
    digest_0: Annotated[int, Column(3, Width.U64), _CHOICE]
    digest_1: Annotated[int, Column(4, Width.U64), _CHOICE]
    digest_2: Annotated[int, Column(5, Width.U64), _CHOICE]
    digest_3: Annotated[int, Column(6, Width.U64), _CHOICE]
    kept_0: Annotated[int, Column(7, Width.U64), _CHOICE]
    """SHA-256 of the picture with a part blacked out that took its place; 0: nothing did."""
    kept_1: Annotated[int, Column(8, Width.U64), _CHOICE]
    kept_2: Annotated[int, Column(9, Width.U64), _CHOICE]
    kept_3: Annotated[int, Column(10, Width.U64), _CHOICE]


@dataclass(frozen=True, slots=True)
class Attachment(Event):
    """A window title or a note was stored as an object of its own, by policy and consent."""

    KIND: ClassVar[int] = 14
    t_us: TimeUs
    object_kind: Annotated[int, Column(2, Width.U8), _CHOICE]
    """`wire.codes.ObjectKind`."""
    window: Annotated[int, Column(3, Width.U16), _CHOICE]
    digest_0: Annotated[int, Column(4, Width.U64), _CHOICE]
    digest_1: Annotated[int, Column(5, Width.U64), _CHOICE]
    digest_2: Annotated[int, Column(6, Width.U64), _CHOICE]
    digest_3: Annotated[int, Column(7, Width.U64), _CHOICE]


@dataclass(frozen=True, slots=True)
class PageEdit(Event):
    """A text field of a task page changed: how, and by how many characters."""

    KIND: ClassVar[int] = 15
    t_us: TimeUs
    duration_us: Annotated[int, Column(2, Width.U32), _ORIGIN]
    """From the first to the last change of a run; 0: a single change."""
    how: Annotated[int, Column(3, Width.U8), _ORIGIN]
    """`wire.codes.EditHow`."""
    inserted_chars: Annotated[int, Column(4, Width.U32), _ORIGIN]
    deleted_chars: Annotated[int, Column(5, Width.U32), _ORIGIN]
    flags: Annotated[int, Column(6, Width.U8), _ORIGIN]
    """`wire.codes.EditFlag` bits."""
    field: Annotated[int, Column(7, Width.U16), _ORIGIN]
    """Which text field of this session, numbered as first seen."""
    region: Annotated[int, Column(8, Width.U16), _ORIGIN]
    """Which of the policy's regions it lies in, counted from 1; 0: none."""


@dataclass(frozen=True, slots=True)
class PageFocus(Event):
    """The attention in a task page moved to another named region."""

    KIND: ClassVar[int] = 16
    t_us: TimeUs
    region: Annotated[int, Column(2, Width.U16), _CONTEXT]
    """Which of the policy's regions, counted from 1; 0: none of them."""


@dataclass(frozen=True, slots=True)
class CaretJump(Event):
    """The caret of a text field moved other than by typing."""

    KIND: ClassVar[int] = 17
    t_us: TimeUs
    field: Annotated[int, Column(2, Width.U16), _ORIGIN]
    distance_chars: Annotated[int, Column(3, Width.U32), _ORIGIN]
    flags: Annotated[int, Column(4, Width.U8), _ORIGIN]
    """`wire.codes.CaretFlag` bits."""


@dataclass(frozen=True, slots=True)
class TextSubmitted(Event):
    """A text was submitted; names its classes, which are stored as an object."""

    KIND: ClassVar[int] = 18
    t_us: TimeUs
    field: Annotated[int, Column(2, Width.U16), _ORIGIN]
    region: Annotated[int, Column(3, Width.U16), _ORIGIN]
    length_chars: Annotated[int, Column(4, Width.U32), _ORIGIN]
    digest_0: Annotated[int, Column(5, Width.U64), _CLASSES]
    """SHA-256 of the class sequence, big-endian, in four parts; 0: not stored."""
    digest_1: Annotated[int, Column(6, Width.U64), _CLASSES]
    digest_2: Annotated[int, Column(7, Width.U64), _CLASSES]
    digest_3: Annotated[int, Column(8, Width.U64), _CLASSES]


@dataclass(frozen=True, slots=True)
class DeviceFact(Event):
    """A fact about the device that helps to read the rest; never a sign of guilt."""

    KIND: ClassVar[int] = 19
    t_us: TimeUs
    fact: Annotated[int, Column(2, Width.U8), _DEVICE]
    """`wire.codes.DeviceFactKind`."""
    value: Annotated[int, Column(3, Width.U32), _DEVICE]


@dataclass(frozen=True, slots=True)
class ManualTime(Event):
    """Work that was not observed, added by the trainer; its note is an attachment beside it."""

    KIND: ClassVar[int] = 20
    t_us: TimeUs
    start_us: Annotated[int, Column(2, Width.I64), _CHOICE]
    """Session time; negative: before clock-in."""
    length_s: Annotated[int, Column(3, Width.U32), _CHOICE]
    reason: Annotated[int, Column(4, Width.U8), _CHOICE]
    """`wire.codes.ManualReason`."""


EVENT_TYPES: tuple[type[Event], ...] = (
    Keystroke,
    PointerSecond,
    Activity,
    Focus,
    Clipboard,
    Insertion,
    Screenshot,
    Presence,
    Clock,
    Health,
    Marker,
    DeclaredMode,
    Blanking,
    Attachment,
    PageEdit,
    PageFocus,
    CaretJump,
    TextSubmitted,
    DeviceFact,
    ManualTime,
)
"""Every kind, in the order of its number."""
