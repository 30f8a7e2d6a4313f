"""Why an assessment says what it says: stable codes, plain sentences, innocent explanations.

A reason's ``value`` is the number behind it, in the unit its definition names.
"""

from dataclasses import dataclass
from enum import StrEnum

CERTAIN = 0.99
"""Above this a probability is not told apart: no calibration reaches further."""


class Code(StrEnum):
    """Stable names of reasons, counter-evidence and causes of abstention."""

    PASTED_FROM_ASSISTANT = "pasted_from_assistant"
    INSERTED_UNKNOWN_SOURCE = "inserted_unknown_source"
    INSERTED_OTHER_SOURCE = "inserted_other_source"
    INSERTED_FROM_NOWHERE = "inserted_from_nowhere"
    INSERTED_SHARE = "inserted_share"
    SYNTHETIC_RHYTHM = "synthetic_rhythm"
    HOLDS_TOO_SHORT = "holds_too_short"
    NO_ROLLOVER = "no_rollover"
    UNIFORM_INTERVALS = "uniform_intervals"
    PERIODIC_RHYTHM = "periodic_rhythm"
    RELEASES_OUT_OF_ORDER = "releases_out_of_order"
    NO_TEMPO = "no_tempo"
    WORDS_ALL_ALIKE = "words_all_alike"
    REPEATED_TIMING = "repeated_timing"
    TIMING_REPLAYED = "timing_replayed"
    OWN_TIMING_REPLAYED = "own_timing_replayed"
    IMPOSSIBLE_SPEED = "impossible_speed"
    INJECTED_INPUT = "injected_input"
    READS_LIKE_COPYING = "reads_like_copying"
    FEW_PLANNING_PAUSES = "few_planning_pauses"
    LITTLE_REVISION = "little_revision"
    ASSISTANT_BEFORE_BURSTS = "assistant_before_bursts"
    ASSISTANT_ALTERNATION = "assistant_alternation"
    HARDLY_READ = "hardly_read"
    PART_NOT_OPENED = "part_not_opened"
    TYPED_WITHOUT_POINTER = "typed_without_pointer"
    PLANNING_PAUSES = "planning_pauses"
    REVISED_THROUGHOUT = "revised_throughout"
    HUMAN_HOLDS = "human_holds"
    INSERTIONS_ALLOWED = "insertions_allowed"
    COMPLETED_WORDS = "completed_words"
    INSERTION_TAKEN_BACK = "insertion_taken_back"
    TYPED_SHARE = "typed_share"
    READ_BOTH = "read_both"
    TIME_TO_READ = "time_to_read"
    ASSISTANT_ALLOWED = "assistant_allowed"
    NO_ASSISTANT_IN_VIEW = "no_assistant_in_view"
    VIRTUAL_MACHINE = "virtual_machine"
    REMOTE_DESKTOP = "remote_desktop"
    DECLARED_AID = "declared_aid"
    LIKE_OWN_BASELINE = "like_own_baseline"
    COMPARED_WITH_ENROLMENT = "compared_with_enrolment"
    ENROLMENT_NOT_USED = "enrolment_not_used"
    TOO_FEW_KEYSTROKES = "too_few_keystrokes"
    LOW_COVERAGE = "low_coverage"
    AID_HIDES_TYPING = "aid_hides_typing"
    UNEXPLAINED_PASSAGES = "unexplained_passages"
    WITHIN_PROMISED_ERROR = "within_promised_error"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a page says about a code.

    Attributes:
        sentence: what was seen; ``{value}`` stands for the reason's value.
        unit: unit of the value.
        means: what it means and what it does not.
        innocent: innocent explanations to think of first.
    """

    sentence: str
    unit: str
    means: str
    innocent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was seen, with its number."""

    code: Code
    value: float

    @property
    def definition(self) -> Definition:
        """Return what a page says about this reason's code."""
        return DEFINITIONS[self.code]

    @property
    def sentence(self) -> str:
        """Return the plain sentence with the value filled in."""
        return self.definition.sentence.format(value=spoken(self.value, self.definition.unit))


def spoken(value: float, unit: str) -> str:
    """Say a number the way people read it: shares in per cent, log ratios as times."""
    if unit == "share":
        return f"{value:.0%}"
    if unit == "probability":
        return "above 0.99" if value > CERTAIN else f"{value:.2f}"
    if unit == "log10 ratio":
        return f"{10**value:.1f} times"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.2g}"


_RHYTHM = (
    "a text expander, a keyboard with its own firmware or a remote desktop changed the timing",
    "an assistive device or an input method typed for the person",
)
_INSERT = (
    "the person moved or restored their own text",
    "the text is a quotation, a template or a name that the task needs",
)

DEFINITIONS: dict[Code, Definition] = {
    Code.PASTED_FROM_ASSISTANT: Definition(
        "{value} characters were copied in an assistant's window and pasted here.",
        "characters",
        "The pasted text carries the same keyed tag as a copy made while an assistant's window "
        "was in front. It shows where the text came from, not whether that was agreed.",
        ("the person's own question to the assistant was copied back", "the project allowed it"),
    ),
    Code.INSERTED_UNKNOWN_SOURCE: Definition(
        "{value} characters were inserted without typing, from a place that was not recorded.",
        "characters",
        "Text appeared in one act. Where it was copied was not seen, so it may be anything.",
        _INSERT,
    ),
    Code.INSERTED_OTHER_SOURCE: Definition(
        "{value} characters were pasted from a window that the project does not list as a source.",
        "characters",
        "The copy was seen in a window of another kind. What it said is not known.",
        _INSERT,
    ),
    Code.INSERTED_FROM_NOWHERE: Definition(
        "{value} characters appeared with neither keys nor a clipboard copy behind them.",
        "characters",
        "A suggestion that was accepted, an extension, dictation, autofill or drag and drop.",
        ("dictation or an input method", "the browser filled in a field", "spelling correction"),
    ),
    Code.INSERTED_SHARE: Definition(
        "{value} of all characters that got in were inserted, from no allowed source.",
        "share",
        "How much of the text the insertions above make, before later edits. Editing inserted "
        "text lightly does not make it typed.",
        _INSERT,
    ),
    Code.SYNTHETIC_RHYTHM: Definition(
        "The typing rhythm resembles a program's more than a person's (probability {value}).",
        "probability",
        "Intervals and hold times together look like those of known and random typing programs. "
        "It says nothing about who wrote the text.",
        _RHYTHM,
    ),
    Code.HOLDS_TOO_SHORT: Definition(
        "{value} of the keys were held for 18 ms or less.",
        "share",
        "Fingers hold a key for about 60 to 200 ms; programs often send press and release at once.",
        _RHYTHM,
    ),
    Code.NO_ROLLOVER: Definition(
        "Only {value} of the keys were pressed before the one before was released.",
        "share",
        "Most people overlap keys when they type fast; slow and one-finger typists do not.",
        ("the person types with one finger", *_RHYTHM),
    ),
    Code.UNIFORM_INTERVALS: Definition(
        "Intervals spread evenly between a shortest and a longest (evenness {value}).",
        "interquartile range over range",
        "People's intervals bunch at short values with a long tail.",
        _RHYTHM,
    ),
    Code.PERIODIC_RHYTHM: Definition(
        "The rhythm repeats at one frequency ({value} times the strength expected by chance).",
        "ratio",
        "A program that varies its speed by a formula leaves such a beat.",
        _RHYTHM,
    ),
    Code.RELEASES_OUT_OF_ORDER: Definition(
        "Keys that overlap come up in the wrong order {value} as often as chance would have it.",
        "log10 ratio",
        "Fingers let go of overlapping keys in the order in which they pressed them, about half as "
        "often otherwise as chance would have it. Holds made up apart from the intervals do not.",
        (
            "the person rests fingers on keys or has trouble lifting them",
            "a remote desktop or a polling keyboard moved the times of releases",
            *_RHYTHM,
        ),
    ),
    Code.NO_TEMPO: Definition(
        "The speed of typing wanders {value} as much as draws by chance would.",
        "log10 ratio",
        "People speed up and slow down over dozens of keys. Intervals drawn one by one do not.",
        ("a very steady typist", "a text copied at an even pace", *_RHYTHM),
    ),
    Code.WORDS_ALL_ALIKE: Definition(
        "Letters of long words take {value} the time of letters of short ones.",
        "log10 ratio",
        "Short words are frequent ones and run off the fingers; letters of long words take longer. "
        "A program that draws its intervals by letter types all words alike.",
        ("a typist who looks for each key", "a text of unusual words or in another language"),
    ),
    Code.REPEATED_TIMING: Definition(
        "{value} keystrokes repeat an earlier sequence of intervals of this session.",
        "keystrokes",
        "Nobody repeats a dozen intervals to within 4 ms; a replayed recording does.",
        ("a macro key entered the same passage twice",),
    ),
    Code.TIMING_REPLAYED: Definition(
        "{value} keystrokes have the timing of another person's recorded session.",
        "keystrokes",
        "The rhythm of two sessions agrees at places without a keystroke in common, far beyond "
        "chance. One of them is a replay of the other's timing. Which one came first must be "
        "looked at; whose the other is, is shown only to people with the right to know.",
        (
            "the other session is the replay, and this one the original",
            "one session was recorded twice or under two names",
        ),
    ),
    Code.OWN_TIMING_REPLAYED: Definition(
        "{value} keystrokes have the timing of an earlier session of the same person.",
        "keystrokes",
        "Nobody types twice with the same rhythm over hundreds of keys, whatever the text. A "
        "recording of the person's own typing was sent again.",
        ("one session was recorded twice", "a macro key enters the same passage each day"),
    ),
    Code.IMPOSSIBLE_SPEED: Definition(
        "{value} keystrokes came faster than hands can type.",
        "keystrokes",
        "Forty different keys within 1.2 seconds, or eight within 20 ms. A program sent them, or "
        "they were held up on their way and came at once. It never decides alone.",
        (
            "a text expander, an input method or a macro key that was not declared",
            "a remote desktop or a busy computer held keys up and delivered them together",
        ),
    ),
    Code.INJECTED_INPUT: Definition(
        "The system says that {value} of the keys were sent by a program.",
        "share",
        "Remappers and assistive tools send keys this way too. It never decides alone.",
        ("a key remapper, a remote desktop or an assistive tool that was not declared",),
    ),
    Code.READS_LIKE_COPYING: Definition(
        "The writing resembles copying a text more than composing one (probability {value}).",
        "probability",
        "Pauses, bursts and revisions look like those of people who retype. A person who had "
        "planned the text well can look alike.",
        ("the text was drafted on paper or in the head", "the task asked for a copy"),
    ),
    Code.FEW_PLANNING_PAUSES: Definition(
        "Pauses before sentences are {value} those within words: short for composing.",
        "log10 ratio",
        "Composing takes time to plan where a sentence begins.",
        ("the person knew what to say", "planning happened away from the keyboard"),
    ),
    Code.LITTLE_REVISION: Definition(
        "{value} of what was typed was kept: little was changed on the way.",
        "share",
        "Composing leaves traces of changed wording; copying only of typing errors.",
        ("a sure writer", "a short and simple text"),
    ),
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
        ("the person works with the keyboard alone", *_RHYTHM),
    ),
    Code.PLANNING_PAUSES: Definition(
        "Pauses before sentences are {value} those within words, as long as in composing.",
        "log10 ratio",
        "Speaks for composing.",
    ),
    Code.REVISED_THROUGHOUT: Definition(
        "Wording was changed along the way: {value} of what was typed was kept.",
        "share",
        "Speaks for composing.",
    ),
    Code.HUMAN_HOLDS: Definition(
        "Keys overlap as under fingers: {value} were pressed before the one before was released.",
        "share",
        "Speaks for a person's hands; it says nothing about whose text it is.",
    ),
    Code.INSERTIONS_ALLOWED: Definition(
        "{value} inserted characters came from allowed sources or moved the person's own text.",
        "characters",
        "These do not count against the person.",
    ),
    Code.COMPLETED_WORDS: Definition(
        "{value} of the characters came in small pieces between keys, as from word completion.",
        "share",
        "Completed and corrected words are counted apart and not against the person, as long as "
        "they come to no more than what was typed.",
    ),
    Code.INSERTION_TAKEN_BACK: Definition(
        "{value} inserted characters were taken out again before anything was typed.",
        "characters",
        "They are not in the text and count for nothing.",
    ),
    Code.TYPED_SHARE: Definition(
        "{value} of all characters that got in were typed.",
        "share",
        "Typing stands beside the insertions: the person wrote this much with keys.",
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
    Code.LIKE_OWN_BASELINE: Definition(
        "The session was compared with {value} earlier session(s) of the same person.",
        "sessions",
        "A person's own habits are a better measure than the population's. It moves the score "
        "towards what is usual for this person, in either direction.",
    ),
    Code.COMPARED_WITH_ENROLMENT: Definition(
        "The session was compared with the person's own typing sample of {value} keystrokes.",
        "keystrokes",
        "The sample shows how this person writes freely and how they copy. It moves the score "
        "towards what is usual for this person, in either direction and by no more than a bound.",
    ),
    Code.ENROLMENT_NOT_USED: Definition(
        "The person's typing sample was not used: the session was compared with people in general.",
        "",
        "The sample was too short, its free and its copied part could not be told apart, or its "
        "free part looked copied. That says nothing about this session.",
        (
            "the sample was typed in haste or interrupted",
            "the person writes as evenly as others copy",
        ),
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
    Code.UNEXPLAINED_PASSAGES: Definition(
        "{value} characters of submitted texts have neither typing nor a seen insertion behind "
        "them.",
        "characters",
        "The classes of the submitted text were laid against what was typed. What stood in the "
        "field before the session and all insertions that were seen are taken off. It says that "
        "these passages came in unseen, not from where.",
        (
            "the page itself put text into the field, such as the answer to correct or a template",
            "the passage was typed in another program, on another device or in an earlier session",
            "an editor completed or restored text without saying so",
        ),
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
}
