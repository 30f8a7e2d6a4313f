"""Whether the agent starts when the person logs in; off unless they asked for it."""

from collections.abc import Sequence
from pathlib import Path

from agent.doctor.finding import ABSENT, WORKS, Desk, Finding

_PLACES = {
    "linux": ".config/autostart",
    "darwin": "Library/LaunchAgents",
    "win32": "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup",
}


def autostart_findings(desk: Desk) -> Sequence[Finding]:
    """By the file that each system looks for."""
    home = Path(desk.environment.get("HOME", "~")).expanduser()
    place = home / _PLACES.get(desk.platform, ".config/autostart")
    if any(place.glob("*veritype*")):
        return [Finding("autostart", WORKS, "starts at log-in; it records nothing until clock-in")]
    return [Finding("autostart", ABSENT, "off: Veritype runs only while you use it")]
