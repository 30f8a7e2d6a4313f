"""The browser extension: installed for which browsers, and connected or not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.doctor.finding import PART, WORKS, Desk, Finding
from agent.face.status import Status

_FIX = "Run `veritype browser install`, and open the browser once."
_FOLDERS = {
    "Chromium": ".config/chromium/NativeMessagingHosts",
    "Chrome": ".config/google-chrome/NativeMessagingHosts",
    "Edge": ".config/microsoft-edge/NativeMessagingHosts",
    "Brave": ".config/BraveSoftware/Brave-Browser/NativeMessagingHosts",
    "Vivaldi": ".config/vivaldi/NativeMessagingHosts",
    "Firefox": ".mozilla/native-messaging-hosts",
    "Chrome (macOS)": "Library/Application Support/Google/Chrome/NativeMessagingHosts",
    "Firefox (macOS)": "Library/Application Support/Mozilla/NativeMessagingHosts",
}


def browser_findings(desk: Desk, status: Status | None) -> Sequence[Finding]:
    """Whether the extension can reach the agent, and whether it does now."""
    there = installed_for(desk.environment)
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


def installed_for(environment: Mapping[str, str]) -> list[str]:
    """Browsers that know how to start our end of the extension."""
    home = Path(environment.get("HOME", "~")).expanduser()
    return [name for name, folder in _FOLDERS.items() if any((home / folder).glob("*veritype*"))]
