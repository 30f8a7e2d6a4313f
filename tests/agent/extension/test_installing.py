import json
import subprocess
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner

from agent.cli.main import main
from agent.extension.installing import extension_folder, install_host, is_installed, uninstall_host
from agent.extension.places import (
    CHROMIUM_ID,
    FIREFOX_ID,
    HOST_NAME,
    WINDOWS,
    Browser,
    manifest_place,
)
from agent.paths import Paths

HOME = PurePosixPath("/home/robin")


@pytest.mark.parametrize(
    ("system", "browser", "expected"),
    [
        ("linux", Browser.CHROMIUM, ".config/chromium/NativeMessagingHosts"),
        ("linux", Browser.CHROME, ".config/google-chrome/NativeMessagingHosts"),
        ("linux", Browser.EDGE, ".config/microsoft-edge/NativeMessagingHosts"),
        ("linux", Browser.BRAVE, ".config/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
        ("linux", Browser.FIREFOX, ".mozilla/native-messaging-hosts"),
        (
            "darwin",
            Browser.CHROME,
            "Library/Application Support/Google/Chrome/NativeMessagingHosts",
        ),
        ("darwin", Browser.FIREFOX, "Library/Application Support/Mozilla/NativeMessagingHosts"),
    ],
)
def test_browsers_look_for_the_host_where_they_say(
    system: str, browser: Browser, expected: str
) -> None:
    assert manifest_place(browser, system, HOME) == HOME / expected / "org.veritype.agent.json"


def test_windows_has_a_registry_key_for_every_browser_and_no_file() -> None:
    assert set(WINDOWS) == set(Browser)
    assert all(key.endswith(rf"\NativeMessagingHosts\{HOST_NAME}") for key in WINDOWS.values())
    assert manifest_place(Browser.CHROME, "win32", HOME) is None


@pytest.mark.parametrize("browser", list(Browser))
def test_the_host_is_installed_found_and_taken_away(
    home: Paths, tmp_path: Path, browser: Browser
) -> None:
    assert not is_installed(home, browser, tmp_path)
    place = install_host(home, browser, tmp_path)
    assert is_installed(home, browser, tmp_path)
    said = json.loads(place.read_text())
    allowed = said.get("allowed_extensions") or said["allowed_origins"]
    assert allowed in ([FIREFOX_ID], [f"chrome-extension://{CHROMIUM_ID}/"])
    assert uninstall_host(home, browser, tmp_path)
    assert not is_installed(home, browser, tmp_path)
    assert not home.native_host.exists()


def test_one_browser_taken_away_leaves_the_other_its_host(home: Paths, tmp_path: Path) -> None:
    install_host(home, Browser.CHROMIUM, tmp_path)
    install_host(home, Browser.FIREFOX, tmp_path)
    uninstall_host(home, Browser.FIREFOX, tmp_path)
    assert is_installed(home, Browser.CHROMIUM, tmp_path)
    assert home.native_host.stat().st_mode & 0o777 == 0o700


def test_the_installed_host_runs_and_ends_with_its_browser(home: Paths, tmp_path: Path) -> None:
    install_host(home, Browser.CHROMIUM, tmp_path)
    ended = subprocess.run([home.native_host, "chrome-extension://x/"], input=b"", timeout=60)
    assert ended.returncode == 0


def test_the_command_installs_says_how_to_go_on_and_uninstalls(
    home: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    done = CliRunner().invoke(main, ["browser", "install", "--browser", "chromium"])
    assert done.exit_code == 0
    assert str(extension_folder()) in done.output
    assert "no store entry" in done.output
    said = CliRunner().invoke(main, ["browser", "status"])
    assert "chromium: can reach the agent" in said.output
    gone = CliRunner().invoke(main, ["browser", "uninstall"])
    assert gone.output == "chromium cannot reach the agent any more.\n"
    assert not is_installed(home, Browser.CHROMIUM, tmp_path)


def test_the_extensions_files_are_at_hand() -> None:
    names = {path.name for path in extension_folder().iterdir()}
    manifest = json.loads((extension_folder() / "manifest.json").read_text())
    assert {"background.js", "content.js", "popup.html"} <= names
    assert set(manifest["background"]["scripts"]) <= names
    assert manifest["background"]["service_worker"] in names
