"""What is said about composing and copying."""

from detector.reasons.codes import Code, Definition

DEFINITIONS: dict[Code, Definition] = {
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
    Code.COPYING_NOT_CALIBRATED: Definition(
        "The writing resembles copying (probability {value}), but how often genuine work on this "
        "platform does is not known.",
        "probability",
        "Thresholds for copying do not carry over from one platform to the next. Without a promise "
        "made from the platform's own genuine work, a typing sample of the person, or an "
        "assistant's window in view, no conclusion is drawn from it unless it is very strong.",
        ("people on this platform write in another way than the essays the model learnt from",),
    ),
}
