"""Which desktop this is, and what it shows."""

from collections.abc import Sequence

from agent.display import WAYLAND_HIDES, display_server
from agent.doctor.finding import FAILS, PART, WORKS, Desk, Finding
from wire.codes import DisplayServer

_NOT_TRIED = "built to its documentation and not tried on a real one; see docs/platforms.md"


def display_findings(desk: Desk) -> Sequence[Finding]:
    """The display; on X11 also what each of its extensions is good for."""
    match display_server(desk.environment, desk.platform):
        case DisplayServer.X11:
            from agent.doctor import x11  # noqa: PLC0415 - a platform backend: needs python-xlib

            return x11.display_findings()
        case DisplayServer.WAYLAND:
            fix = "Choose an X11 (Xorg) session on the log-in screen, or use the extension."
            return [Finding("display", PART, WAYLAND_HIDES, fix)]
        case DisplayServer.WINDOWS:
            return [Finding("display", WORKS, f"Windows: {_NOT_TRIED}")]
        case DisplayServer.MACOS:
            fix = "Allow Veritype under Privacy: Input Monitoring, Accessibility, Screen Recording."
            return [Finding("display", WORKS, f"macOS: {_NOT_TRIED}", fix)]
        case _:
            fix = "Run this in a terminal on your desktop."
            return [Finding("display", FAILS, "There is no display (DISPLAY is not set).", fix)]
