"""What is said about text that came in without typing."""

from detector.reasons.codes import Code, Definition

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
}
