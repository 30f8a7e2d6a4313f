"""The console's plain words for codes: one place, so that a catalogue can take it over."""

from collections.abc import Mapping, Sequence

from server.records import SessionState, Why
from wire.codes import DisplayServer
from wire.policy import Policy

STATE_TITLES = {
    SessionState.OPEN: "Open",
    SessionState.CLOSED: "Being scored",
    SessionState.SCORED: "Scored",
}
BAND_TITLES = {
    "consistent": "Consistent with own work",
    "review": "Worth a look",
    "strong": "Strong evidence",
    "cannot_determine": "Cannot determine",
}
BAND_MEANS = {
    "consistent": "What was recorded fits text that was composed by the person at the keyboard. "
    "It does not prove that nobody helped away from this computer.",
    "review": "Some of what was recorded does not fit text composed at the keyboard. There may be "
    "an innocent explanation; a person has to look before anything follows from it.",
    "strong": "Much of what was recorded does not fit text composed at the keyboard. It is still "
    "evidence and no verdict: only a person decides, after hearing the trainer.",
    "cannot_determine": "Too little was observed to say anything. That counts neither for nor "
    "against the person.",
}
JUDGED_AGAIN_BECAUSE = {
    Why.CLOSED: "the session ended",
    Why.LATE_TEXT: "the shape of a submitted text came after the first judgement",
    Why.NEWER_MODEL: "a newer version of the program judges all sessions of that time",
    Why.ASKED: "the platform's operator asked for it",
}
LOSS_TITLES = {
    "gap": "nothing was received for this stretch",
    "quarantined": "received but damaged, so it could not be read",
    "spool_full": "the agent's store was full",
    "spool_damaged": "the agent's store was damaged",
    "disk_full": "the disk was full",
    "queue_full": "events came faster than they could be kept",
    "source_failed": "a source stopped",
    "killed": "the agent was ended from outside",
    "object_expired": "a picture was too old to send",
    "refused_by_server": "the server refused it",
}

CLASSES_DELETED = (
    "the record of which kind of key was typed, and for how long each was held, was deleted, as "
    "the rules on keeping say. The curves count every key, also those that write nothing."
)

_DISPLAY_SERVERS: dict[int, str] = {
    DisplayServer.X11: "X11 desktop",
    DisplayServer.WAYLAND: "Wayland desktop, which hides keys and windows from every program",
    DisplayServer.WINDOWS: "Windows desktop",
    DisplayServer.MACOS: "macOS desktop",
}
_SAID_MOST = 8


def device_lines(device: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    """Facts about the device in words; those that say nothing unusual are said too."""
    lines = (
        " Then: ".join(_device_line(name, value) for value in values[:_SAID_MOST])
        for name, values in device.items()
    )
    return tuple(line for line in lines if line)


def _device_line(name: str, value: int) -> str:
    match name:
        case "virtual_machine":
            return "Runs in a virtual machine." if value else "No virtual machine."
        case "remote_desktop":
            return "Seen or steered from elsewhere." if value else "Not seen from elsewhere."
        case "seats":
            return "One seat." if value == 1 else f"{value} seats for people."
        case "keyboards":
            return "One keyboard attached." if value == 1 else f"{value} keyboards attached."
        case "capture_excluded":
            return f"{value} windows ask not to be in screenshots."
        case "display_server":
            return f"{_DISPLAY_SERVERS.get(value, 'An unknown desktop')}."
        case _:
            return ""


ADDED_BECAUSE = {
    "other": "no reason of the list",
    "away_from_device": "away from the computer",
    "recorder_failed": "the recorder did not work",
    "meeting": "in a meeting",
}


def policy_lines(policy: Policy) -> tuple[str, ...]:
    """A policy in a few sentences."""
    allowed = policy.allowed
    sources = ", ".join(category.name.lower() for category in allowed.paste_from) or "nowhere"
    shots = policy.pictures
    every = (
        f"A screenshot at a random moment every {_interval(shots.interval_s)}, "
        + ("of the whole screen." if shots.whole_screen else "of task windows only.")
        if shots
        else "No screenshots."
    )
    return (
        f"Pasting is fine from: {sources}; up to {allowed.paste_chars} characters from anywhere.",
        "AI help with grammar is allowed." if allowed.ai_grammar_help else "No AI grammar help.",
        "AI may judge." if allowed.ai_judging else "AI must not judge.",
        *(("AI help with translation is allowed.",) if allowed.ai_translation else ()),
        *(("Asking AI for facts is allowed.",) if allowed.ai_search else ()),
        every,
        f"Promised: at most {policy.false_flag_rate:.1%} of genuine sessions are flagged.",
        *_asked_beyond(policy),
    )


def _asked_beyond(policy: Policy) -> tuple[str, ...]:
    asked = policy.evidence
    if not asked.strong:
        return ()
    return (
        f"Flagged only from a probability of {asked.review:.2f} on, called strong only from"
        f" {asked.strong:.2f} on, whatever the detector says.",
    )


def _interval(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"


def reason_title(code: str) -> str:
    """A reason's short name for lists."""
    return code.replace("_", " ").replace("-", " ").capitalize()
