"""What the live tests need from the operating system, and the sentence when it is missing."""

import ctypes.util
import shutil
import subprocess
from collections.abc import Callable
from functools import cache

SYSTEM_PYTHON = "/usr/bin/python3"
"""Debian's own interpreter: the one that python3-tk belongs to."""


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _library(name: str) -> Callable[[], bool]:
    return lambda: ctypes.util.find_library(name) is not None


def _tk() -> bool:
    probe = [SYSTEM_PYTHON, "-c", "import tkinter"]
    if shutil.which(SYSTEM_PYTHON) is None:
        return False
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


NEEDED: dict[str, Callable[[], bool]] = {
    "xvfb": _program("Xvfb"),
    "openbox": _program("openbox"),
    "xdotool": _program("xdotool"),
    "trayer": _program("trayer"),
    "python3-tk": _tk,
    "libxtst6": _library("Xtst"),
    "libxi6": _library("Xi"),
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
