"""The console's plain words for codes: marked for the catalogue, and said by `_`."""

from collections.abc import Mapping, Sequence
from functools import reduce

from server.language import N_, _, ngettext, number, percent, translated
from server.language.elsewhere import in_words
from server.records import Role, SessionState, Why
from wire.codes import Category, DisplayServer
from wire.policy import Policy

ROLE_TITLES = {
    Role.TRAINER: N_("trainer"),
    Role.AUDITOR: N_("auditor"),
    Role.LEAD: N_("lead"),
    Role.ADMIN: N_("admin"),
}
SOMEBODY_WHO_IS = {
    Role.TRAINER: N_("somebody who is trainer"),
    Role.AUDITOR: N_("somebody who is auditor"),
    Role.LEAD: N_("somebody who is lead"),
    Role.ADMIN: N_("somebody who is admin"),
}
STATE_TITLES = {
    SessionState.OPEN: N_("Open"),
    SessionState.CLOSED: N_("Being scored"),
    SessionState.SCORED: N_("Scored"),
}
BAND_TITLES = {
    "consistent": N_("Consistent with own work"),
    "review": N_("Worth a look"),
    "strong": N_("Strong evidence"),
    "cannot_determine": N_("Cannot determine"),
}
BAND_MEANS = {
    "consistent": N_(
        "What was recorded fits text that was composed by the person at the keyboard. "
        "It does not prove that nobody helped away from this computer."
    ),
    "review": N_(
        "Some of what was recorded does not fit text composed at the keyboard. There may be "
        "an innocent explanation; a person has to look before anything follows from it."
    ),
    "strong": N_(
        "Much of what was recorded does not fit text composed at the keyboard. It is still "
        "evidence and no verdict: only a person decides, after hearing the trainer."
    ),
    "cannot_determine": N_(
        "Too little was observed to say anything. That counts neither for nor against the person."
    ),
}
JUDGED_AGAIN_BECAUSE = {
    Why.CLOSED: N_("the session ended"),
    Why.LATE_TEXT: N_("the shape of a submitted text came after the first judgement"),
    Why.NEWER_MODEL: N_("a newer version of the program judges all sessions of that time"),
    Why.ASKED: N_("the platform's operator asked for it"),
}
LOSS_TITLES = {
    "gap": N_("nothing was received for this stretch"),
    "quarantined": N_("received but damaged, so it could not be read"),
    "spool_full": N_("the agent's store was full"),
    "spool_damaged": N_("the agent's store was damaged"),
    "disk_full": N_("the disk was full"),
    "queue_full": N_("events came faster than they could be kept"),
    "source_failed": N_("a source stopped"),
    "killed": N_("the agent was ended from outside"),
    "object_expired": N_("a picture was too old to send"),
    "refused_by_server": N_("the server refused it"),
}

CLASSES_DELETED = N_(
    "Since then the record of which kind of key was typed, and for how long each was held, was"
    " deleted, as the rules on keeping say. The curves count every key, also those that write"
    " nothing."
)
CLASSES_DELETED_ON = N_(
    "On %(time)s the record of which kind of key was typed, and for how long each was held, was"
    " deleted, as the rules on keeping say. The curves count every key, also those that write"
    " nothing."
)

_DISPLAY_SERVERS: dict[int, str] = {
    DisplayServer.X11: N_("X11 desktop."),
    DisplayServer.WAYLAND: N_("Wayland desktop, which hides keys and windows from every program."),
    DisplayServer.WINDOWS: N_("Windows desktop."),
    DisplayServer.MACOS: N_("macOS desktop."),
}
_UNKNOWN_DESKTOP = N_("An unknown desktop.")
_SAID_MOST = 8
_MINUTES_FROM_S = 120


def device_lines(device: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    """Facts about the device in words; those that say nothing unusual are said too."""
    lines = (
        reduce(_then, [_device_line(name, value) for value in values[:_SAID_MOST]])
        for name, values in device.items()
        if values
    )
    return tuple(line for line in lines if line)


def _then(before: str, after: str) -> str:
    return _("%(before)s Then: %(after)s", before=before, after=after) if before else ""


def _device_line(name: str, value: int) -> str:
    match name:
        case "virtual_machine":
            return _("Runs in a virtual machine.") if value else _("No virtual machine.")
        case "remote_desktop":
            return _("Seen or steered from elsewhere.") if value else _("Not seen from elsewhere.")
        case "seats":
            return ngettext("One seat.", "%(num)s seats for people.", value)
        case "keyboards":
            return ngettext("One keyboard attached.", "%(num)s keyboards attached.", value)
        case "capture_excluded":
            return ngettext(
                "%(num)s window asks not to be in screenshots.",
                "%(num)s windows ask not to be in screenshots.",
                value,
            )
        case "display_server":
            return _(_DISPLAY_SERVERS.get(value, _UNKNOWN_DESKTOP))
        case _other:
            return ""


ADDED_BECAUSE = {
    "other": N_("no reason of the list"),
    "away_from_device": N_("away from the computer"),
    "recorder_failed": N_("the recorder did not work"),
    "meeting": N_("in a meeting"),
}
CATEGORY_TITLES = {
    Category.UNKNOWN: N_("unknown"),
    Category.TASK: N_("task"),
    Category.ASSISTANT: N_("assistant"),
    Category.REFERENCE: N_("reference"),
    Category.EDITOR: N_("editor"),
    Category.COMMUNICATION: N_("communication"),
    Category.PRIVATE: N_("private"),
    Category.OTHER: N_("other"),
}
"""Kinds of windows, by a policy's rules."""


def policy_lines(policy: Policy) -> tuple[str, ...]:
    """A policy in a few sentences."""
    allowed = policy.allowed
    return (
        _pasting(policy),
        _("AI help with grammar is allowed.")
        if allowed.ai_grammar_help
        else _("No AI grammar help."),
        _("AI may judge.") if allowed.ai_judging else _("AI must not judge."),
        *((_("AI help with translation is allowed."),) if allowed.ai_translation else ()),
        *((_("Asking AI for facts is allowed."),) if allowed.ai_search else ()),
        _screenshots(policy),
        _(
            "Promised: at most %(share)s of genuine sessions are flagged.",
            share=percent(policy.false_flag_rate, 1),
        ),
        *_asked_beyond(policy),
    )


def _pasting(policy: Policy) -> str:
    allowed = policy.allowed
    chars = number(allowed.paste_chars)
    if not allowed.paste_from:
        return _(
            "Pasting is fine from nowhere; up to %(chars)s characters from anywhere.", chars=chars
        )
    return _(
        "Pasting is fine from: %(kinds)s; up to %(chars)s characters from anywhere.",
        kinds=", ".join(_(CATEGORY_TITLES[each]) for each in allowed.paste_from),
        chars=chars,
    )


def _screenshots(policy: Policy) -> str:
    shots = policy.pictures
    if not shots:
        return _("No screenshots.")
    every = _interval(shots.interval_s)
    if shots.whole_screen:
        return _(
            "A screenshot at a random moment every %(interval)s, of the whole screen.",
            interval=every,
        )
    return _(
        "A screenshot at a random moment every %(interval)s, of task windows only.", interval=every
    )


def _asked_beyond(policy: Policy) -> tuple[str, ...]:
    asked = policy.evidence
    if not asked.strong:
        return ()
    return (
        _(
            "Flagged only from a probability of %(review)s on, called strong only from"
            " %(strong)s on, whatever the detector says.",
            review=number(asked.review, 2),
            strong=number(asked.strong, 2),
        ),
    )


def _interval(seconds: int) -> str:
    if seconds < _MINUTES_FROM_S:
        return _("%(seconds)s s", seconds=seconds)
    return _("%(minutes)s min", minutes=round(seconds / 60))


def reason_title(code: str) -> str:
    """A code of the detector as a short name."""
    return translated(in_words(code))
