"""What is said about conduct, circumstances and abstention."""

from detector.reasons.codes import Code, Definition
from detector.reasons.machines import RHYTHM

DEFINITIONS: dict[Code, Definition] = {
    Code.ASSISTANT_BEFORE_BURSTS: Definition(
        "An assistant's window was in view in the pause before {value} of the bursts of typing.",
        "share",
        "Who retypes an answer looks at it before each burst. What was in the window, and whether "
        "it was read, is not known. It leads to a review at most.",
        (
            "the task itself is to be done with an assistant's page open",
            "facts or spellings were looked up there",
            "a window of another kind is listed as an assistant by the project's rules",
        ),
    ),
    Code.ASSISTANT_ALTERNATION: Definition(
        "Assistant and task alternated {value} times per 100 words.",
        "times per 100 words",
        "How often the windows changed while the text was typed.",
        ("the task itself is to be done with an assistant's page open",),
    ),
    Code.HARDLY_READ: Definition(
        "What a task showed would have to be read at {value} characters a second.",
        "characters a second",
        "People read about 24 characters a second. The task was in view too short to be read. "
        "It says nothing about how the text was typed.",
        (
            "the material was read before, on paper or on another device",
            "most of it was the same as in an earlier task",
        ),
    ),
    Code.PART_NOT_OPENED: Definition(
        "In {value} task(s) some parts of the page were opened and others never.",
        "tasks",
        "A click or the keyboard's focus opens a part; reading by scrolling leaves no trace.",
        ("the part was read by scrolling", "the parts stand side by side and need no click"),
    ),
    Code.TYPED_WITHOUT_POINTER: Definition(
        "Typing went on for {value} minutes without pointer, another window or a pause.",
        "minutes",
        "Programs need neither pointer nor other windows. Said beside a machine's rhythm only.",
        ("the person works with the keyboard alone", *RHYTHM),
    ),
    Code.READ_BOTH: Definition(
        "All {value} parts of the page that were to be read were opened before submitting.",
        "parts",
        "Speaks for reading; it says nothing about how long.",
    ),
    Code.TIME_TO_READ: Definition(
        "There was time to read what was shown, at {value} characters a second at most.",
        "characters a second",
        "Speaks for reading.",
    ),
    Code.ASSISTANT_ALLOWED: Definition(
        "An assistant's window was in view before {value} of the bursts, which the project allows.",
        "share",
        "It does not count against the person.",
    ),
    Code.NO_ASSISTANT_IN_VIEW: Definition(
        "No assistant's window was in view before any of the {value} bursts of typing.",
        "bursts",
        "Speaks for the person's own text. A second device or windows side by side are not seen.",
    ),
    Code.VIRTUAL_MACHINE: Definition(
        "The desktop ran in a virtual machine.",
        "",
        "It changes timing and explains marks of injected input. It is no sign of guilt.",
    ),
    Code.REMOTE_DESKTOP: Definition(
        "The desktop was seen or steered from elsewhere.",
        "",
        "A network changes timing and keys arrive as a program's. It is no sign of guilt.",
    ),
    Code.DECLARED_AID: Definition(
        "The person declared an aid that changes what counts.",
        "",
        "What the aid explains is left out of the assessment.",
    ),
    Code.TOO_FEW_KEYSTROKES: Definition(
        "Only {value} keystrokes were recorded: too few to tell.",
        "keystrokes",
        "No conclusion can be drawn either way.",
    ),
    Code.LOW_COVERAGE: Definition(
        "Only {value} of the session was observed.",
        "share",
        "No conclusion can be drawn either way; what is missing counts for nobody's guilt.",
    ),
    Code.AID_HIDES_TYPING: Definition(
        "A declared aid replaces typing, so the rhythm says nothing about the person.",
        "",
        "No conclusion can be drawn either way.",
    ),
    Code.WITHIN_PROMISED_ERROR: Definition(
        "Genuine sessions on this platform come as far (score {value}) too often for a flag.",
        "probability",
        "Evidence was seen, but a flag here would break the promised rate of false flags. No "
        "conclusion can be drawn either way.",
    ),
    Code.PROJECT_ASKS_MORE: Definition(
        "The evidence (probability {value}) is less than this project asks for before a flag.",
        "probability",
        "It lies past the detector's own threshold and below the project's, which is stricter "
        "towards the detector. No conclusion can be drawn either way.",
    ),
    Code.PROJECT_ASKS_MORE_FOR_STRONG: Definition(
        "This project calls evidence strong from more than a probability of {value} on.",
        "probability",
        "The detector alone would have called it strong. It is one to review.",
    ),
}
