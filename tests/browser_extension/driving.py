"""One way to drive both browsers: real key presses and pointer clicks through their own remotes."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, sync_playwright

from agent.extension.installing import extension_folder
from agent.extension.places import FIREFOX_ID
from tests.browser_extension.marionette import ELEMENT, Marionette, connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=DisableLoadExtensionCommandLineSwitch",
)
_EXTENSION_UUID = "6f3b8a52-0f6e-4a53-9e0e-5f8f0e3f7a11"
_FIREFOX_FLAGS = ("--headless", "--no-remote", "--marionette", "--remote-allow-system-access")
_PREFERENCES = {
    # The popup's address is known, the browser's own question is answered with yes, and an idle
    # background is put to sleep soon.
    "extensions.webextensions.uuids": json.dumps({FIREFOX_ID: _EXTENSION_UUID}),
    "extensions.webextOptionalPermissionPrompts": False,
    "extensions.background.idle.timeout": 1_500,
    "app.update.auto": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.autoDisableScopes": 0,
    "extensions.blocklist.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "marionette.port": 0,
}
_READY_S = 120
_OPEN_POPUP = f"""
    const browser = Services.wm.getMostRecentWindow("navigator:browser").gBrowser;
    browser.selectedTab = browser.addTrustedTab("moz-extension://{_EXTENSION_UUID}/popup.html");
"""
_COMPOSE = """
    const processor = Cc["@mozilla.org/text-input-processor;1"].createInstance(
      Ci.nsITextInputProcessor);
    processor.beginInputTransactionForTests(Services.wm.getMostRecentWindow("navigator:browser"));
    for (let length = 1; length <= arguments[0].length; length += 1) {
      processor.setPendingCompositionString(arguments[0].slice(0, length));
      processor.appendClauseToPendingComposition(length, processor.ATTR_RAW_CLAUSE);
      processor.flushPendingComposition();
    }
    processor.commitCompositionWith(arguments[0]);
"""
_WEBDRIVER_KEYS = {"Control": "\ue009", "Backspace": "\ue003", "Enter": "\ue007", "Home": "\ue011"}


class Driver(Protocol):
    """A browser with the extension, and one page in it."""

    name: str

    def open(self, address: str) -> None:
        """Go to an address."""

    def run(self, script: str) -> Any:
        """Run a script in the page; `return` gives its value."""

    def click(self, selector: str, frame: str | None = None) -> None:
        """Press the pointer on an element, in a frame if one is named."""

    def type(self, text: str) -> None:
        """Press a key for each character."""

    def press(self, *keys: str) -> None:
        """Press keys together."""

    def compose(self, text: str) -> None:
        """Enter a text through an input method, one more character of it at a time."""

    def wait(self, seconds: float) -> None:
        """Let the browser go on for a while."""


class Chromium:
    """Through the DevTools protocol."""

    name = "chromium"

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str) -> None:
        self.page.goto(address)

    def run(self, script: str) -> Any:
        return self.page.evaluate(f"() => {{ {script} }}")

    def click(self, selector: str, frame: str | None = None) -> None:
        within = self.page.frame_locator(frame) if frame else self.page
        within.locator(selector).click()

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=5)

    def press(self, *keys: str) -> None:
        self.page.keyboard.press("+".join(keys))

    def compose(self, text: str) -> None:
        remote = self.page.context.new_cdp_session(self.page)
        for length in range(1, len(text) + 1):
            shown = {"text": text[:length], "selectionStart": length, "selectionEnd": length}
            remote.send("Input.imeSetComposition", shown)
        remote.send("Input.insertText", {"text": text})
        remote.detach()

    def wait(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)


class Firefox:
    """Through Marionette."""

    name = "firefox"

    def __init__(self, marionette: Marionette) -> None:
        self.marionette = marionette

    def open(self, address: str) -> None:
        self.marionette.ask("WebDriver:SwitchToFrame", {"id": None})
        self.marionette.ask("WebDriver:Navigate", {"url": address})

    def run(self, script: str) -> Any:
        asked: dict[str, Any] = {"script": script, "args": [], "sandbox": None}
        return self.marionette.ask("WebDriver:ExecuteScript", asked)

    def click(self, selector: str, frame: str | None = None) -> None:
        self.marionette.ask("WebDriver:SwitchToFrame", {"id": None})
        if frame:
            self.marionette.ask("WebDriver:SwitchToFrame", {"element": self._find(frame)})
        self.marionette.ask("WebDriver:ElementClick", {"id": self._find(selector)})

    def type(self, text: str) -> None:
        for character in text:
            self.press({"\n": "Enter"}.get(character, character))

    def press(self, *keys: str) -> None:
        codes = [_WEBDRIVER_KEYS.get(key, key) for key in keys]
        steps = [{"type": "keyDown", "value": code} for code in codes]
        steps += [{"type": "keyUp", "value": code} for code in reversed(codes)]
        source = {"type": "key", "id": "keyboard", "actions": steps}
        self.marionette.ask("WebDriver:PerformActions", {"actions": [source]})

    def compose(self, text: str) -> None:
        self._chrome(_COMPOSE, text)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def allow_pages(self) -> None:
        """The person presses the extension's button and allows the project's pages."""
        page = self.marionette.ask("WebDriver:GetWindowHandle")
        self._chrome(_OPEN_POPUP)
        self._until(lambda: len(self.marionette.ask("WebDriver:GetWindowHandles")) == 2)
        handles = self.marionette.ask("WebDriver:GetWindowHandles")
        (popup,) = (handle for handle in handles if handle != page)
        self.marionette.ask("WebDriver:SwitchToWindow", {"handle": popup})
        self._until(lambda: self.run("return document.getElementById('allow')?.hidden === false"))
        self.click("#allow")
        self._until(lambda: self.run("return document.getElementById('allow').hidden"))
        self.marionette.ask("WebDriver:CloseWindow")
        self.marionette.ask("WebDriver:SwitchToWindow", {"handle": page})

    def _chrome(self, script: str, *arguments: str) -> None:
        """Run a script in the browser's own window instead of the page."""
        self.marionette.ask("Marionette:SetContext", {"value": "chrome"})
        asked = {"script": script, "args": list(arguments)}
        self.marionette.ask("WebDriver:ExecuteScript", asked)
        self.marionette.ask("Marionette:SetContext", {"value": "content"})

    def _until(self, holds: Callable[[], object]) -> None:
        until = time.monotonic() + _READY_S
        while not holds():
            assert time.monotonic() < until, "Firefox did not do it"
            time.sleep(0.05)

    def _find(self, selector: str) -> str:
        asked = {"using": "css selector", "value": selector}
        found = self.marionette.ask("WebDriver:FindElement", asked)
        return str(found[ELEMENT])


def allowed_copy(folder: Path) -> Path:
    """The extension as it is after the person allowed loopback's pages.

    Chromium's own question cannot be answered by a remote; in Firefox the real one is.
    """
    shutil.copytree(extension_folder(), folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["optional_host_permissions"]
    manifest["host_permissions"] = ["http://127.0.0.1/*"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@contextmanager
def chromium(extension: Path, profile: Path) -> Iterator[Chromium]:
    """A Chromium with the extension; `profile` holds its native messaging manifest already."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            ignore_default_args=["--disable-extensions"],
            args=[*CHROMIUM_FLAGS, f"--load-extension={extension}"],
        )
        try:
            yield Chromium(context.pages[0])
        finally:
            context.close()


@contextmanager
def firefox(extension: Path, profile: Path, home: Path) -> Iterator[Firefox]:
    """A Firefox with the extension; `home` holds its native messaging manifest already."""
    assert FIREFOX is not None
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [
        FIREFOX,
        "--headless",
        "--marionette",
        "--remote-allow-system-access",
        "--no-remote",
        "--profile",
        str(profile),
    ]
    environment = {**os.environ, "HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as process:
        marionette = connect(_marionette_port(profile))
        try:
            marionette.ask("Addon:Install", {"path": str(extension), "temporary": True})
            yield Firefox(marionette)
        finally:
            marionette.ask("Marionette:Quit", {"flags": ["eForceQuit"]})
            marionette.close()
            process.wait(_READY_S)


def _marionette_port(profile: Path) -> int:
    place, until = profile / "MarionetteActivePort", time.monotonic() + _READY_S
    while not (place.exists() and place.read_text()):
        assert time.monotonic() < until, "Firefox did not start"
        time.sleep(0.05)
    return int(place.read_text())
