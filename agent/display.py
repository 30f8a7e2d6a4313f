"""What draws the desktop, and whether it can be recorded on; from the environment alone."""

import os
import sys
from collections.abc import Mapping

from agent.errors import DisplayUnavailable
from wire.codes import DisplayServer

REMOTE_VARIABLES = (
    "XRDP_SESSION",
    "VNCDESKTOP",
    "CHROME_REMOTE_DESKTOP_SESSION",
    "X2GO_SESSION",
    "NXSESSIONID",
)
"""Set by programs whose desktop is remote from the start."""
DISPLAY_VARIABLES = (
    "DISPLAY",
    "XAUTHORITY",
    "XDG_SESSION_TYPE",
    "WAYLAND_DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    *REMOTE_VARIABLES,
)
"""What tells a program about the desktop it is started on."""

WAYLAND_HIDES = (
    "This is a Wayland session, which lets no program see keys, windows or copied text: the "
    "minutes count as partly observed. The browser extension still sees the task's pages; log in "
    "to an X11 (Xorg) session to have everything recorded."
)

_PLATFORMS = {"win32": DisplayServer.WINDOWS, "darwin": DisplayServer.MACOS}


def display_server(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> DisplayServer:
    """What draws this desktop; `UNKNOWN` if there is none.

    A Wayland session mostly has an X11 display too, for old programs. What it shows of keys and
    windows is those programs' alone, so it must not pass for the desktop.
    """
    if platform in _PLATFORMS:
        return _PLATFORMS[platform]
    kind = environment.get("XDG_SESSION_TYPE", "")
    if kind == "wayland" or (environment.get("WAYLAND_DISPLAY") and kind != "x11"):
        return DisplayServer.WAYLAND
    return DisplayServer.X11 if environment.get("DISPLAY") else DisplayServer.UNKNOWN


def desktop_environment(
    asked_from: Mapping[str, str], environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """An environment for a process on another desktop than the one this process began on."""
    kept = {name: environment[name] for name in environment if name not in DISPLAY_VARIABLES}
    return kept | {name: asked_from[name] for name in DISPLAY_VARIABLES if name in asked_from}


def check_desktop(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> DisplayServer:
    """The desktop's display server.

    Raises:
        DisplayUnavailable: there is no desktop; the text says what to do.
    """
    server = display_server(environment, platform)
    if server is DisplayServer.UNKNOWN:
        raise DisplayUnavailable(
            "There is no display (DISPLAY is not set): clock in from a terminal on your desktop."
        )
    return server


def check_display(environment: Mapping[str, str] = os.environ) -> str:
    """The name of the X11 display.

    Raises:
        DisplayUnavailable: there is none, or only Wayland; the text says what to do.
    """
    name = environment.get("DISPLAY", "")
    if name:
        return name
    if check_desktop(environment) is DisplayServer.WAYLAND:
        raise DisplayUnavailable(WAYLAND_HIDES)
    raise DisplayUnavailable("There is no X11 display (DISPLAY is not set).")
