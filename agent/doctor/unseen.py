"""What cannot be observed on a platform, whatever works. Honesty has one place."""

from collections.abc import Sequence

from agent.display import display_server
from agent.doctor.finding import Desk
from wire.codes import DisplayServer

_COMMON = (
    "What is on another screen, on paper or on a phone.",
    "Programs that type through the kernel's own input layer: they look like a keyboard.",
)
_X11 = (
    "Pastes from a menu inside one program, from tab to tab: the browser extension sees those.",
)
_WAYLAND = (
    "Keys, clicks, windows in front, copied text and screenshots outside the browser.",
    "Whether somebody is there: nobody counts as idle.",
)
_WINDOWS_PASSWORDS = (
    "All of them outside the browser extension: Windows' accessibility is not asked yet.",
)
_MAC_PASSWORDS = (
    "Fields for which a program does not switch on secure input (most terminals, for instance).",
)


def unseen_findings(desk: Desk) -> Sequence[str]:
    """Sentences, the weightiest first."""
    match display_server(desk.environment, desk.platform):
        case DisplayServer.WAYLAND:
            return (*_WAYLAND, _COMMON[0])
        case DisplayServer.X11:
            return (*_COMMON, *_X11)
        case _:
            return _COMMON


def unseen_passwords(desk: Desk) -> Sequence[str]:
    """Kinds of password fields that nobody can tell the agent about."""
    match display_server(desk.environment, desk.platform):
        case DisplayServer.X11:
            from agent.sources import atspi  # noqa: PLC0415 - a platform backend

            return atspi.PASSWORD_FIELDS_UNSEEN
        case DisplayServer.WINDOWS:
            return _WINDOWS_PASSWORDS
        case DisplayServer.MACOS:
            return _MAC_PASSWORDS
        case _:
            return ()
