"""What sources emit: frozen values of integers, and masked pictures. Nothing holds what is typed.

`at_us` is the suspend-inclusive monotonic clock of the machine; the session's own time is made
from it later. The raw material (key codes, titles, clipboard text) ends in `agent.redact`.
"""

from dataclasses import dataclass
from enum import IntEnum

from wire.codes import (
    Category,
    DeviceFactKind,
    EditHow,
    PresenceChange,
    SourceName,
    SourceState,
)
from wire.keys import KeyClass


class Chord(IntEnum):
    """Shortcuts that move text."""

    COPY = 1
    CUT = 2
    PASTE = 3


class Selection(IntEnum):
    """The places X11 keeps copied text in."""

    CLIPBOARD = 0
    PRIMARY = 1
    DROP = 2
    """What is being dragged."""


@dataclass(frozen=True, slots=True)
class TextFacts:
    """All that is kept of a text: length, lines, keyed tag (0: not computed)."""

    length_chars: int
    lines: int
    tag: int


@dataclass(frozen=True, slots=True)
class KeyHeld:
    """One press and release of a key."""

    at_us: int
    hold_us: int
    key_class: KeyClass
    flags: int
    device: int


@dataclass(frozen=True, slots=True)
class ChordPressed:
    """A copy, cut or paste shortcut went down."""

    at_us: int
    chord: Chord


@dataclass(frozen=True, slots=True)
class PointerUsed:
    """Movement, clicks and scroll steps since the last of these."""

    at_us: int
    moved_px: int = 0
    clicks: int = 0
    scrolls: int = 0


@dataclass(frozen=True, slots=True)
class MiddleClicked:
    """The middle button went down: X11 pastes the primary selection."""

    at_us: int


@dataclass(frozen=True, slots=True)
class FocusSeen:
    """A window came to the front, or its category changed with its title."""

    at_us: int
    category: Category
    window: int


@dataclass(frozen=True, slots=True)
class Copied:
    """The clipboard changed hands: told before its text is read, if it may be read at all."""

    at_us: int
    facts: TextFacts | None
    """None if its text is not known, or not yet."""
    before_recording: bool = False
    """It was there when recording began, or is secret: when and where is not known, or not said."""
    unread: bool = False
    """It may be read, at once in a task window, else when it is pasted there: `CopyRead`."""


@dataclass(frozen=True, slots=True)
class CopyRead:
    """What came of reading a copy: it was made in a task window, or is pasted in one."""

    at_us: int
    """The last paste it was read for; its own time if there was none yet."""
    copied_at_us: int
    """The `at_us` of its `Copied`."""
    facts: TextFacts | None
    """None: it could not be read, or the clipboard had changed by then."""
    marked: bool = False
    """A password manager marked it: nothing is said of it."""


@dataclass(frozen=True, slots=True)
class PrimaryRead:
    """The primary selection was read because it was pasted in scope."""

    at_us: int
    """The click, or the program's request."""
    owned_at_us: int | None
    """When the text was selected; None: before recording began, or nothing is said of it."""
    facts: TextFacts | None


@dataclass(frozen=True, slots=True)
class SelectionRequested:
    """The program in front asked for copied text: a paste, however the person asked for it.

    For `Selection.DROP` it is the program that something was dropped on.
    """

    at_us: int
    selection: Selection
    window: int
    """Where the text goes: the window in front, or the one under the pointer."""
    category: Category


@dataclass(frozen=True, slots=True)
class PictureTaken:
    """A screenshot that was due: taken, or left out."""

    at_us: int
    outcome: int
    flags: int = 0
    width_px: int = 0
    height_px: int = 0
    size_bytes: int = 0
    perceptual: int = 0
    digest: bytes = b""
    data: bytes = b""
    """The encoded picture, masked."""


@dataclass(frozen=True, slots=True)
class TitleRead:
    """The title of a task window, read because the policy asks for titles and that was accepted."""

    at_us: int
    window: int
    data: bytes
    """UTF-8; an object of its own like a picture, never part of an event."""


@dataclass(frozen=True, slots=True)
class TextInserted:
    """Text appeared in the focused editable field, typed or not."""

    at_us: int
    length_chars: int


@dataclass(frozen=True, slots=True)
class TextDeleted:
    """Text vanished from the focused editable field."""

    at_us: int
    length_chars: int


@dataclass(frozen=True, slots=True)
class SecretField:
    """A password field took the focus or lost it. In between nothing is recorded, by any source."""

    at_us: int
    focused: bool
    by: SourceName = SourceName.ACCESSIBILITY
    """Who says so; the field counts as focused while any source says that it is."""


@dataclass(frozen=True, slots=True)
class PersonThere:
    """The person did something; what it was, and when exactly, is not said."""

    at_us: int


@dataclass(frozen=True, slots=True)
class PresenceSeen:
    """The desktop was locked or unlocked, goes to sleep or woke, media began or ended."""

    at_us: int
    change: PresenceChange


@dataclass(frozen=True, slots=True)
class PageEdited:
    """A text field of a task page changed, as the browser extension saw it."""

    at_us: int
    duration_us: int
    how: EditHow
    inserted_chars: int
    deleted_chars: int
    flags: int
    """`wire.codes.EditFlag` bits."""
    field: int
    region: int


@dataclass(frozen=True, slots=True)
class PageFocused:
    """The attention in a task page moved to another of the policy's regions; 0: none."""

    at_us: int
    region: int


@dataclass(frozen=True, slots=True)
class CaretJumped:
    """The caret of a text field in a task page moved other than by typing."""

    at_us: int
    field: int
    distance_chars: int
    flags: int
    """`wire.codes.CaretFlag` bits."""


@dataclass(frozen=True, slots=True)
class TextSubmittedSeen:
    """A text was submitted in a task page."""

    at_us: int
    field: int
    region: int
    length_chars: int
    packed: bytes
    """Its class sequence as `wire.textclass.pack_classes` stores it; empty: not stored."""


@dataclass(frozen=True, slots=True)
class DeviceFactSeen:
    """A fact about the device, at clock-in and when it changes."""

    at_us: int
    fact: DeviceFactKind
    value: int


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source changed its state."""

    at_us: int
    source: SourceName
    state: SourceState


Observation = (
    KeyHeld
    | ChordPressed
    | PointerUsed
    | MiddleClicked
    | FocusSeen
    | Copied
    | CopyRead
    | PrimaryRead
    | SelectionRequested
    | PictureTaken
    | TitleRead
    | TextInserted
    | TextDeleted
    | SecretField
    | PersonThere
    | PresenceSeen
    | PageEdited
    | PageFocused
    | CaretJumped
    | TextSubmittedSeen
    | DeviceFactSeen
    | SourceHealth
)
