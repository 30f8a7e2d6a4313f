"""The Chromium that tests and benchmarks open pages in; it may not leave the machine."""

import shutil

from playwright.sync_api import Browser, Playwright

_PATH = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launched(playwright: Playwright) -> Browser:
    """Start it, headless."""
    return playwright.chromium.launch(executable_path=_PATH, args=list(_FLAGS))
