"""Whether there is a display to record on, from the environment alone."""

import os
from collections.abc import Mapping

from agent.errors import DisplayUnavailable


def check_display(environment: Mapping[str, str] = os.environ) -> str:
    """The display's name.

    Raises:
        DisplayUnavailable: there is none, or only Wayland; the text says what to do.
    """
    name = environment.get("DISPLAY", "")
    if name:
        return name
    if environment.get("XDG_SESSION_TYPE") == "wayland" or environment.get("WAYLAND_DISPLAY"):
        raise DisplayUnavailable(
            "This is a Wayland session, which lets no program see input in other windows: "
            "log in to an X11 (Xorg) session to record."
        )
    raise DisplayUnavailable(
        "There is no display (DISPLAY is not set): clock in from a terminal on your desktop."
    )
