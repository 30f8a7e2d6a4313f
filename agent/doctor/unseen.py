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
_PASSWORDS = "Password fields of these kinds are not known as such (pause, or make them private):"


def unseen_findings(desk: Desk) -> Sequence[str]:
    """Sentences, the weightiest first."""
    server = display_server(desk.environment, desk.platform)
    if server is DisplayServer.WAYLAND:
        return (*_WAYLAND, _COMMON[0])
    if server is DisplayServer.X11:
        from agent.sources.atspi import (  # noqa: PLC0415 - a platform backend
            PASSWORD_FIELDS_UNSEEN,
        )

        return (*_COMMON, *_X11, _PASSWORDS, *PASSWORD_FIELDS_UNSEEN)
    return _COMMON
