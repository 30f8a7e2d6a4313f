"""What the live tests need from the operating system, and the sentence when it is missing."""

import ctypes.util
import shutil
import subprocess
from collections.abc import Callable
from functools import cache

SYSTEM_PYTHON = "/usr/bin/python3"
"""Debian's own interpreter: the one that python3-tk and python3-gi belong to."""


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _library(name: str) -> Callable[[], bool]:
    return lambda: ctypes.util.find_library(name) is not None


def _python(code: str) -> Callable[[], bool]:
    def runs() -> bool:
        if shutil.which(SYSTEM_PYTHON) is None:
            return False
        probe = [SYSTEM_PYTHON, "-c", code]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0

    return runs


NEEDED: dict[str, Callable[[], bool]] = {
    "xvfb": _program("Xvfb"),
    "openbox": _program("openbox"),
    "xdotool": _program("xdotool"),
    "trayer": _program("trayer"),
    "python3-tk": _python("import tkinter"),
    "libxtst6": _library("Xtst"),
    "libxi6": _library("Xi"),
    "dbus": _program("dbus-daemon"),
    "at-spi2-core": _program("/usr/libexec/at-spi-bus-launcher"),
    "python3-gi": _python("import gi"),
    "gir1.2-gtk-3.0": _python("import gi; gi.require_version('Gtk', '3.0')"),
}
"""Debian package: whether what we use of it is there."""


@cache
def missing_packages() -> tuple[str, ...]:
    """The Debian packages that are missing here."""
    return tuple(package for package, present in NEEDED.items() if not present())


def complaint(missing: tuple[str, ...]) -> str:
    """One sentence that says how to get them."""
    names = " ".join(missing)
    return f"The live tests need packages that are not installed: apt-get install {names}"
