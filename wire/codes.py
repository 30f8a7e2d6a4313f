"""The small integers inside events, by name. Numbers are wire format: add, never renumber."""

from enum import IntEnum, IntFlag


class Category(IntEnum):
    """What kind of window it is, by the policy's rules. Only this leaves the machine."""

    UNKNOWN = 0
    TASK = 1
    ASSISTANT = 2
    REFERENCE = 3
    EDITOR = 4
    COMMUNICATION = 5
    PRIVATE = 6
    OTHER = 7


class KeyFlag(IntFlag):
    """What is known about where a key press came from."""

    INJECTED = 1
    """The operating system or the source device says: sent by a program."""
    ORIGIN_KNOWN = 2
    """The two origin bits mean something; without it, origin is unknown."""
    CHORD = 4
    """Pressed while control, alt or super was down: a command, not text."""
    SHIFTED = 8


class ClipboardAction(IntEnum):
    """How the clipboard changed."""

    CHANGE = 0
    COPY = 1
    CUT = 2


class InsertionHow(IntEnum):
    """How text got in without keystrokes."""

    UNKNOWN = 0
    PASTE = 1
    DROP = 2
    AUTOFILL = 3
    SPELL_CORRECTION = 4
    SCRIPT = 5
    COMPOSITION = 6
    """An input method or dictation."""
    PRIMARY = 7
    """Middle click on X11."""


class EditHow(IntEnum):
    """How a text field in a task page changed, as its browser extension saw it."""

    TYPED = 0
    """A run of single characters typed one after the other."""
    DELETED = 1
    PASTE = 2
    DROP = 3
    AUTOFILL = 4
    SPELL_CORRECTION = 5
    SCRIPT = 6
    COMPOSITION = 7
    """An input method or dictation."""
    UNDO = 8
    """Undo or redo."""
    OTHER = 9


class EditFlag(IntFlag):
    """What else is known about a change of a text field."""

    TRUSTED = 1
    """The browser says that a person's input caused it, not a script."""
    AT_END = 2
    """At the leading edge: nothing but white space stood behind it."""


class CaretFlag(IntFlag):
    """Where a caret jumped."""

    BACKWARD = 1
    SELECTED = 2
    """It left a selection behind."""


class InsertionSeenBy(IntEnum):
    """Which observation says so, from weakest to strongest."""

    CHORD = 1
    """A paste shortcut was pressed; what it inserted was not seen."""
    SELECTION = 2
    """The window asked for the clipboard's contents."""
    ACCESSIBILITY = 3
    EXTENSION = 4


class ScreenshotOutcome(IntEnum):
    """What became of a screenshot that was due."""

    TAKEN = 0
    SKIPPED_PRIVATE = 1
    SKIPPED_NO_SCOPE = 2
    FAILED = 3


class ScreenshotFlag(IntFlag):
    """What was done to a picture before it left memory."""

    MASKED = 1
    PIXELATED = 2
    BLACK = 4
    """A uniform frame: the display was off, or the capture was refused."""


class PresenceChange(IntEnum):
    """A change in whether the person can be there."""

    IDLE = 0
    ACTIVE = 1
    LOCKED = 2
    UNLOCKED = 3
    SUSPENDED = 4
    RESUMED = 5
    MEDIA_BEGAN = 6
    """Sound or video plays: watching and listening is work."""
    MEDIA_ENDED = 7


class SourceName(IntEnum):
    """The agent's sources."""

    KEYBOARD = 0
    POINTER = 1
    FOCUS = 2
    CLIPBOARD = 3
    INSERTIONS = 4
    SCREENSHOTS = 5
    PRESENCE = 6
    EXTENSION = 7
    ACCESSIBILITY = 8
    SELECTIONS = 9
    """Requests for copied text, seen on the display."""
    DEVICE = 10
    """Facts about the device (`DeviceFactKind`)."""


class SourceState(IntEnum):
    """Whether a source is recording."""

    RUNNING = 0
    STOPPED = 1
    """Switched off as intended: pause, clock-out, policy."""
    FAILED = 2
    MISSING = 3
    """This desktop cannot offer it."""
    DEGRADED = 4
    """Recording less than usual, for instance through a fallback."""


class Observable(IntEnum):
    """What a device can or cannot observe, by its platform."""

    KEYBOARD = 1
    POINTER = 2
    FOCUS = 3
    CLIPBOARD = 4
    ACCESSIBILITY_TEXT = 5
    """Text that appears in fields without keys."""
    EXTENSION = 6
    SCREENSHOTS = 7
    TITLES = 8


class Ability(IntEnum):
    """Whether it can."""

    UNKNOWN = 0
    YES = 1
    NO = 2


class MarkerKind(IntEnum):
    """Boundaries of the session and of tasks inside it."""

    CLOCK_IN = 0
    PAUSE = 1
    RESUME = 2
    CLOCK_OUT = 3
    TASK_BEGIN = 4
    TASK_END = 5
    TASK_SUBMIT = 6


class PauseReason(IntEnum):
    """Why the trainer paused, if they say."""

    NONE = 0
    BREAK = 1
    PRIVATE = 2
    OTHER_WORK = 3


class ManualReason(IntEnum):
    """Why the trainer adds time that was not observed."""

    OTHER = 0
    AWAY_FROM_DEVICE = 1
    RECORDER_FAILED = 2
    MEETING = 3


class DeviceFactKind(IntEnum):
    """Facts about the device, for context; none of them is a sign of guilt."""

    VIRTUAL_MACHINE = 1
    """1: it runs in one."""
    REMOTE_DESKTOP = 2
    """1: the desktop is seen or steered from elsewhere."""
    SEATS = 3
    """People who can sit at this machine at once."""
    CAPTURE_EXCLUDED = 4
    """Windows that ask not to be in screenshots."""
    KEYBOARDS = 5
    """Keyboards attached, the system's own virtual ones left out."""
    DISPLAY_SERVER = 6
    """`DisplayServer`."""


class DisplayServer(IntEnum):
    """What draws the desktop; it decides what can be observed."""

    UNKNOWN = 0
    X11 = 1
    WAYLAND = 2
    WINDOWS = 3
    MACOS = 4


class Mode(IntEnum):
    """Aids and sources a trainer can declare; they change what counts."""

    DICTATION = 1
    IME = 2
    REMAPPER = 3
    SCREEN_READER = 4
    OWN_NOTES = 5
    ALLOWED_AI = 6
    SWITCH_DEVICE = 7


class ObjectKind(IntEnum):
    """Objects that are stored beside the events, each by policy and consent."""

    IMAGE = 1
    TITLE = 2
    NOTE = 3
    TEXT_CLASSES = 4
    """The classes of a submitted text (`wire.textclass`), never the text."""


class LossReason(IntEnum):
    """Why events were not recorded or not kept; counted in every header."""

    SPOOL_FULL = 1
    SPOOL_DAMAGED = 2
    DISK_FULL = 3
    QUEUE_FULL = 4
    SOURCE_FAILED = 5
    KILLED = 6
    """The process ended without sealing what it held in memory."""
    OBJECT_EXPIRED = 7
    REFUSED_BY_SERVER = 8
