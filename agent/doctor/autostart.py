"""Whether the agent starts when the person logs in; off unless they asked for it."""

from collections.abc import Sequence
from pathlib import Path

from agent.autostart import Autostart
from agent.doctor.finding import ABSENT, WORKS, Desk, Finding


def autostart_findings(desk: Desk) -> Sequence[Finding]:
    """By the file that each system looks for."""
    home = Path(desk.environment.get("HOME", "~")).expanduser()
    if Autostart(desk.platform, home, desk.environment).is_on():
        return [Finding("autostart", WORKS, "starts at log-in; it records nothing until clock-in")]
    return [Finding("autostart", ABSENT, "off: Veritype runs only while you use it")]
