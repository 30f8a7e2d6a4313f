"""Where browsers look for native messaging hosts, by system and browser. Pure.

Sources: developer.chrome.com, "Native messaging" (native messaging host location);
developer.mozilla.org, "Native manifests" (manifest location); Edge and Brave: Chromium's own rule
under their profile's folder.
"""

from enum import StrEnum
from pathlib import PurePath

HOST_NAME = "org.veritype.agent"
CHROMIUM_ID = "efaiabiahjofibofoplidfiecgmihkmc"
"""Follows from `key` in the extension's manifest."""
FIREFOX_ID = "veritype@veritype.example"


class Browser(StrEnum):
    """Browsers the extension runs in."""

    CHROMIUM = "chromium"
    CHROME = "chrome"
    EDGE = "edge"
    BRAVE = "brave"
    FIREFOX = "firefox"


LINUX = {
    Browser.CHROMIUM: ".config/chromium/NativeMessagingHosts",
    Browser.CHROME: ".config/google-chrome/NativeMessagingHosts",
    Browser.EDGE: ".config/microsoft-edge/NativeMessagingHosts",
    Browser.BRAVE: ".config/BraveSoftware/Brave-Browser/NativeMessagingHosts",
    Browser.FIREFOX: ".mozilla/native-messaging-hosts",
}
"""Folders in the home folder."""
_SUPPORT = "Library/Application Support"
MACOS = {
    Browser.CHROMIUM: f"{_SUPPORT}/Chromium/NativeMessagingHosts",
    Browser.CHROME: f"{_SUPPORT}/Google/Chrome/NativeMessagingHosts",
    Browser.EDGE: f"{_SUPPORT}/Microsoft Edge/NativeMessagingHosts",
    Browser.BRAVE: f"{_SUPPORT}/BraveSoftware/Brave-Browser/NativeMessagingHosts",
    Browser.FIREFOX: f"{_SUPPORT}/Mozilla/NativeMessagingHosts",
}
"""Folders in the home folder."""
WINDOWS = {
    Browser.CHROMIUM: rf"Software\Chromium\NativeMessagingHosts\{HOST_NAME}",
    Browser.CHROME: rf"Software\Google\Chrome\NativeMessagingHosts\{HOST_NAME}",
    Browser.EDGE: rf"Software\Microsoft\Edge\NativeMessagingHosts\{HOST_NAME}",
    Browser.BRAVE: rf"Software\BraveSoftware\Brave-Browser\NativeMessagingHosts\{HOST_NAME}",
    Browser.FIREFOX: rf"Software\Mozilla\NativeMessagingHosts\{HOST_NAME}",
}
"""Keys of the current user whose default value is the path of the manifest."""
_FOLDERS = {"linux": LINUX, "darwin": MACOS}


def manifest_place(browser: Browser, system: str, home: PurePath) -> PurePath | None:
    """The file a browser reads to find the host; None where it looks elsewhere (Windows)."""
    folders = _FOLDERS.get(system)
    return home / folders[browser] / f"{HOST_NAME}.json" if folders else None


def host_manifest(browser: Browser, launcher: PurePath) -> dict[str, object]:
    """What the file says: which command, and that our extension alone may start it."""
    callers: dict[str, object] = (
        {"allowed_extensions": [FIREFOX_ID]}
        if browser is Browser.FIREFOX
        else {"allowed_origins": [f"chrome-extension://{CHROMIUM_ID}/"]}
    )
    return {
        "name": HOST_NAME,
        "description": "Veritype's agent on this computer",
        "path": str(launcher),
        "type": "stdio",
        **callers,
    }
