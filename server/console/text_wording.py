"""The words of the page of a submitted text: origins, ways in and windows."""

from server.language import N_
from server.submissions.origins import Origin

ORIGIN_TITLES = {
    Origin.TYPED: N_("Typed here"),
    Origin.INSERTED: N_("Inserted"),
    Origin.BEFORE: N_("There before"),
    Origin.UNEXPLAINED: N_("Unexplained"),
}
ORIGIN_MEANS = {
    Origin.TYPED: N_("Keys of this shape were pressed in this order; small edits count too."),
    Origin.INSERTED: N_("It appeared at once: pasted, dropped or put in by a program."),
    Origin.BEFORE: N_("By its length it stood in the field before the session began."),
    Origin.UNEXPLAINED: N_(
        "Neither typing nor an insertion of this length was seen. It may have been typed where"
        " nothing was recorded, or been there before: by itself it is no evidence."
    ),
}
WAYS_IN = {
    "unknown": N_("in a way that was not seen"),
    "paste": N_("pasted"),
    "drop": N_("dropped with the pointer"),
    "autofill": N_("filled in by the browser"),
    "spell_correction": N_("corrected by a spelling aid"),
    "script": N_("put in by a program"),
    "composition": N_("by an input method or dictation"),
    "primary": N_("pasted with the middle button"),
}
WINDOWS = {
    "unknown": N_("where it was copied was not seen"),
    "task": N_("copied in the task's window"),
    "assistant": N_("copied in an AI assistant's window"),
    "reference": N_("copied in a reference window"),
    "editor": N_("copied in an editor's window"),
    "communication": N_("copied in a window of mail or chat"),
    "private": N_("copied in a private window"),
    "other": N_("copied in another window"),
}
