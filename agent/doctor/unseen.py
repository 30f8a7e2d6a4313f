"""What cannot be observed on a platform, whatever works. Honesty has one place."""

from collections.abc import Sequence

from agent.display import display_server
from agent.doctor.finding import Desk
from wire.codes import DisplayServer

PASSWORD_FIELDS_UNSEEN: tuple[str, ...] = (
    "password fields of programs without accessibility (terminals, games, some Electron programs): "
    "key kinds and times there are recorded if the window is a task window",
)
_COMMON = (
    "what is on another screen, on paper or on a phone",
    "programs that type through the kernel's own input layer: they look like a keyboard",
)
_X11 = ("which text a drag carries into a window without accessibility or extension",)
_WAYLAND = (
    "keys, clicks, windows in front, copied text and screenshots outside the browser",
    "whether somebody is there: nobody counts as idle",
)


def unseen_findings(desk: Desk) -> Sequence[str]:
    """Sentences, the weightiest first."""
    if display_server(desk.environment, desk.platform) is DisplayServer.WAYLAND:
        return (*_WAYLAND, *_COMMON[:1])
    return (*PASSWORD_FIELDS_UNSEEN, *_X11, *_COMMON)
