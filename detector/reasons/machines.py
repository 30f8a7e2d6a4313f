"""What is said about typing by machine, and for a person's hands."""

from detector.reasons.codes import Code, Definition

RHYTHM = (
    "a text expander, a keyboard with its own firmware or a remote desktop changed the timing",
    "an assistive device or an input method typed for the person",
)
DEFINITIONS: dict[Code, Definition] = {
    Code.SYNTHETIC_RHYTHM: Definition(
        "The typing rhythm resembles a program's more than a person's (probability {value}).",
        "probability",
        "Intervals and hold times together look like those of known and random typing programs. "
        "It says nothing about who wrote the text.",
        RHYTHM,
    ),
    Code.HOLDS_TOO_SHORT: Definition(
        "{value} of the keys were held for 18 ms or less.",
        "share",
        "Fingers hold a key for about 60 to 200 ms; programs often send press and release at once.",
        RHYTHM,
    ),
    Code.NO_ROLLOVER: Definition(
        "{value} of the keys were pressed before the one before was released: few for a person.",
        "share",
        "Most people overlap keys when they type fast; slow and one-finger typists do not.",
        ("the person types with one finger", *RHYTHM),
    ),
    Code.UNIFORM_INTERVALS: Definition(
        "Intervals spread evenly between a shortest and a longest (evenness {value}).",
        "interquartile range over range",
        "People's intervals bunch at short values with a long tail.",
        RHYTHM,
    ),
    Code.PERIODIC_RHYTHM: Definition(
        "The rhythm repeats at one frequency ({value} times the strength expected by chance).",
        "ratio",
        "A program that varies its speed by a formula leaves such a beat.",
        RHYTHM,
    ),
    Code.RELEASES_OUT_OF_ORDER: Definition(
        "Keys that overlap come up in the wrong order {value} as often as chance would have it.",
        "log10 ratio",
        "Fingers let go of overlapping keys in the order in which they pressed them, about half as "
        "often otherwise as chance would have it. Holds made up apart from the intervals do not.",
        (
            "the person rests fingers on keys or has trouble lifting them",
            "a remote desktop or a polling keyboard moved the times of releases",
            *RHYTHM,
        ),
    ),
    Code.NO_TEMPO: Definition(
        "The speed of typing wanders {value} as much as draws by chance would.",
        "log10 ratio",
        "People speed up and slow down over dozens of keys. Intervals drawn one by one do not.",
        ("a very steady typist", "a text copied at an even pace", *RHYTHM),
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
    Code.HUMAN_HOLDS: Definition(
        "Keys overlap as under fingers: {value} were pressed before the one before was released.",
        "share",
        "Speaks for a person's hands; it says nothing about whose text it is.",
    ),
}
