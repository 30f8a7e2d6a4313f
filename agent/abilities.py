"""What this device can observe, by what draws its desktop; said to the server as fixed codes."""

from wire.codes import Ability, DisplayServer, Observable, SourceState
from wire.messages import Observes

_BY_DISPLAY: dict[DisplayServer, dict[Observable, Ability]] = {
    DisplayServer.X11: {
        **dict.fromkeys(Observable, Ability.YES),
        # Only where a program offers it, which shows when it runs.
        Observable.ACCESSIBILITY_TEXT: Ability.UNKNOWN,
    },
    DisplayServer.WAYLAND: dict.fromkeys(Observable, Ability.NO),
    DisplayServer.WINDOWS: {
        **dict.fromkeys(Observable, Ability.YES),
        Observable.ACCESSIBILITY_TEXT: Ability.NO,
        Observable.TITLES: Ability.NO,
    },
    DisplayServer.MACOS: {
        **dict.fromkeys(Observable, Ability.YES),
        Observable.ACCESSIBILITY_TEXT: Ability.NO,
        Observable.TITLES: Ability.NO,
    },
    DisplayServer.UNKNOWN: dict.fromkeys(Observable, Ability.UNKNOWN),
}


def abilities(display: DisplayServer, extension: SourceState | None = None) -> Observes:
    """Each thing that can be observed, and whether this device can.

    Args:
        display: what draws the desktop.
        extension: of a connected browser; None: not known.
    """
    there = extension in (SourceState.RUNNING, SourceState.DEGRADED)
    found = {
        **_BY_DISPLAY[display],
        Observable.EXTENSION: Ability.YES if there else Ability.UNKNOWN,
    }
    return tuple((int(what), int(can)) for what, can in found.items())
