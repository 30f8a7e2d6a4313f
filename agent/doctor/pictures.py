"""Screenshots: whether they could be taken. None is taken here."""

import importlib.util
from collections.abc import Sequence

from agent.display import display_server
from agent.doctor.finding import ABSENT, PART, WORKS, Desk, Finding
from wire.codes import DisplayServer


def picture_findings(desk: Desk) -> Sequence[Finding]:
    """By the display's kind and the libraries that are there; no picture is taken to find out."""
    missing = [name for name in ("mss", "PIL") if importlib.util.find_spec(name) is None]
    if missing:
        says = f"Screenshots cannot be taken: {', '.join(missing)} is missing."
        return [Finding("screenshots", PART, says, "Install the agent anew.")]
    server = display_server(desk.environment, desk.platform)
    if server in (DisplayServer.WAYLAND, DisplayServer.UNKNOWN):
        return [Finding("screenshots", ABSENT, "None can be taken on this desktop.")]
    return [Finding("screenshots", WORKS, "can be taken where a project's rules ask for them")]
