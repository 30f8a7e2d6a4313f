"""The words for what was recorded; the timeline and the panel of a stretch say the same."""

from collections.abc import Mapping

from server.language import N_, _

CATEGORIES = {
    "task": N_("Task"),
    "assistant": N_("Assistant"),
    "reference": N_("Reference"),
    "editor": N_("Editor"),
    "communication": N_("Communication"),
    "private": N_("Private"),
    "other": N_("Other"),
    "unknown": N_("Unknown"),
}
STATES = {
    "observed": N_("Observed"),
    "partly": N_("Partly observed"),
    "paused": N_("Paused"),
    "away": N_("Away"),
    "lost": N_("Lost"),
}
BECAUSE = {
    "gap": N_("Nothing was received for this stretch"),
    "quarantined": N_("Received but damaged, so it could not be read"),
    "keyboard": N_("The keyboard was not recorded"),
    "pointer": N_("The pointer was not recorded"),
    "focus": N_("Windows were not recorded"),
    "clipboard": N_("The clipboard was not recorded"),
    "insertions": N_("Text that appears without keys was not recorded"),
    "screenshots": N_("Screenshots were not taken"),
    "presence": N_("Presence was not recorded"),
    "extension": N_("The browser extension did not report"),
    "accessibility": N_("Text fields could not be read"),
    "selections": N_("Requests for copied text were not recorded"),
    "device": N_("Facts about the device were not recorded"),
}
HOW = {
    "unknown": N_("Unknown"),
    "paste": N_("Pasted"),
    "drop": N_("Dragged in"),
    "autofill": N_("Filled in by the browser"),
    "spell_correction": N_("Spelling corrected"),
    "script": N_("Put in by a script"),
    "composition": N_("Input method or dictation"),
    "primary": N_("Pasted by the middle button"),
}
SEEN_BY = {
    "chord": N_("The shortcut alone"),
    "selection": N_("The window asked for the copied text"),
    "accessibility": N_("The text field"),
    "extension": N_("The browser extension"),
    "unknown": N_("Unknown"),
}
OUTCOMES = {
    "taken": N_("Taken"),
    "skipped_private": N_("Left out: private window"),
    "skipped_no_scope": N_("Left out: no task window"),
    "failed": N_("Failed"),
    "blanked": N_("Blanked by the trainer"),
    "partly blanked": N_("Partly blanked by the trainer"),
    "not sent yet": N_("Not sent yet"),
    "unknown": N_("Unknown"),
}
KINDS = {
    "composition": N_("Composition"),
    "transcription": N_("Transcription"),
    "synthetic": N_("Synthetic input"),
    "insertion": N_("Insertion"),
}
INCIDENTS = {
    "injected": N_("A program sent keys: {count}"),
    "keyboard": N_("Another keyboard: number {count}"),
    "clock": N_("The clock of day moved by {count} s"),
    "remote_began": N_("The desktop is seen or steered from elsewhere"),
    "remote_ended": N_("The desktop is no longer seen from elsewhere"),
    "virtual_machine": N_("It runs in a virtual machine"),
    "events_lost": N_("Events that were not kept: {count}"),
    "offline": N_("Sealed before the server had answered: {count} batches"),
    "gap": N_("Nothing was received for this stretch"),
    "quarantined": N_("Received but damaged, so it could not be read"),
}
_TABLES = {
    "category": CATEGORIES,
    "state": STATES,
    "because": BECAUSE,
    "how": HOW,
    "seen": SEEN_BY,
    "outcome": OUTCOMES,
    "kind": KINDS,
    "incident": INCIDENTS,
}


def said(table: Mapping[str, str], code: str) -> str:
    """A code in words; one that no table knows, of a newer agent, as it stands."""
    return _(table[code]) if code in table else code.replace("_", " ").capitalize()


def evidence_words() -> dict[str, str]:
    """All of them for scripts, by `table.code`."""
    return {
        f"{name}.{code}": _(text) for name, table in _TABLES.items() for code, text in table.items()
    }
