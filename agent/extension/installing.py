"""Makes the agent known to this user's browsers, and says whether it is."""

import json
import os
import shlex
import sys
from importlib import resources
from pathlib import Path

from agent.errors import BrowserUnsupported
from agent.extension.places import Browser, host_manifest, manifest_place
from agent.paths import Paths
from agent.processes import command


def extension_folder() -> Path:
    """The extension's files, as they came with this program."""
    return Path(str(resources.files("agent.extension") / "browser")).resolve()


def install_host(paths: Paths, browser: Browser, home: Path) -> Path:
    """Let a browser of this user start the host; returns the file that says so.

    Raises:
        BrowserUnsupported: not on this system yet, or its folder cannot be written.
    """
    place = _place(browser, home)
    try:
        _write(paths.native_host, _launcher(paths), 0o700)
        place.parent.mkdir(parents=True, exist_ok=True)
        manifest = json.dumps(host_manifest(browser, paths.native_host), indent=2)
        _write(place, manifest + "\n", 0o600)
    except OSError as error:
        raise BrowserUnsupported(f"{place} cannot be written: {error.strerror}.") from error
    return place


def uninstall_host(paths: Paths, browser: Browser, home: Path) -> bool:
    """Take the host away from a browser; says whether it was there."""
    place = _place(browser, home)
    known = place.exists()
    place.unlink(missing_ok=True)
    if not any(is_installed(paths, each, home) for each in Browser):
        paths.native_host.unlink(missing_ok=True)
    return known


def is_installed(paths: Paths, browser: Browser, home: Path) -> bool:
    """Whether a browser finds this agent's host, and the host is there."""
    try:
        said = json.loads(_place(browser, home).read_text())
    except (OSError, ValueError):
        return False
    expected = host_manifest(browser, paths.native_host)
    return bool(said == expected and os.access(paths.native_host, os.X_OK))


def _place(browser: Browser, home: Path) -> Path:
    place = manifest_place(browser, sys.platform, home)
    if place is None:
        raise BrowserUnsupported(
            "Browsers cannot be joined to the agent on this system yet; docs/browser.md says why."
        )
    return Path(place)


def _launcher(paths: Paths) -> str:
    """Browsers start a file without arguments of ours, so this one names the agent's socket."""
    line = shlex.join(command("native-host", str(paths.extension_socket)))
    return f'#!/bin/sh\n# Written by "veritype browser install".\nexec {line} "$@"\n'


def _write(path: Path, text: str, mode: int) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
