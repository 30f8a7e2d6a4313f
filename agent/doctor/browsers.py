"""The browser extension: set up for which browsers, and connected or not."""

from collections.abc import Sequence
from pathlib import Path

from agent.doctor.finding import PART, WORKS, Desk, Finding
from agent.errors import BrowserUnsupported
from agent.extension.installing import is_installed
from agent.extension.places import Browser
from agent.face.status import Status

_FIX = "Run `veritype browser install`, which says how to add the extension."


def browser_findings(desk: Desk, status: Status | None) -> Sequence[Finding]:
    """Whether the extension can reach the agent, and whether it does now."""
    home = Path(desk.environment.get("HOME") or Path.home())
    try:
        there = [each for each in Browser if is_installed(desk.paths, each, home)]
    except BrowserUnsupported as error:
        return [Finding("browser", PART, str(error))]
    if not there:
        lacks = "The browser extension is not set up: what happens inside pages is not seen."
        return [Finding("browser", PART, lacks, _FIX)]
    names = ", ".join(there)
    sources = status.sources if status is not None else ()
    state = next((source.state for source in sources if source.name == "extension"), "")
    if state == "running":
        return [Finding("browser", WORKS, f"the extension is connected (set up for {names})")]
    if state:
        says = f"set up for {names}; no browser with the extension is connected now"
        return [Finding("browser", PART, says, "Open the browser with the extension.")]
    return [Finding("browser", WORKS, f"set up for {names}; it connects when you clock in")]
