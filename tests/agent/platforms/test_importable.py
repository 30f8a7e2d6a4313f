"""The agent's modules import on Windows and macOS: nothing of Linux is asked for on the way.

There is no such system here. A process that has loaded the standard library and the dependencies
is told that it runs on one, what Linux alone has is taken away, and every module is imported.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LINUX_ONLY = ("x11", "atspi", "bus", "desktop_bus", "wayland", "linux")
"""Backends: imported by the one function that chooses among them."""

PROGRAM = """
import asyncio, concurrent.futures, ctypes, importlib, json, logging.handlers, os, pkgutil
import platform, select, selectors, signal, socket, sqlite3, subprocess, sys, threading, types
import urllib.request, uuid, webbrowser
import click, cryptography.hazmat.primitives.asymmetric.ed25519, mss, msgspec, PIL.Image
import platformdirs, psutil, requests, zstandard
import wire, wire.batch, wire.codes, wire.policy, wire.messages

target = sys.argv[1]
sys.platform = target
posix = ("fcntl", "pwd", "resource") if target == "win32" else ()
for name in ("Xlib", "jeepney", "pynput", *posix):
    sys.modules[name] = None
if target == "win32":
    sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, locking=lambda *_: None)
    for name in ("getuid", "O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC", "fchmod"):
        delattr(os, name)
    ctypes.WinDLL = lambda name: types.SimpleNamespace(
        QueryInterruptTimePrecise=lambda units: None,
        QueryUnbiasedInterruptTimePrecise=lambda units: None,
        ucal_getDefaultTimeZone=lambda *_: 0,
    )
import agent
failed = []
for found in pkgutil.walk_packages(agent.__path__, "agent."):
    last = found.name.rpartition(".")[2]
    if last.startswith(tuple(sys.argv[2].split(","))) or last == "__main__":
        continue
    if found.name.startswith("agent.tray."):
        continue  # a process of its own, on X11 alone
    try:
        importlib.import_module(found.name)
    except Exception as error:
        failed.append(f"{found.name}: {type(error).__name__}: {error}")
print("\\n".join(failed) or "all")
"""


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_every_module_but_linux_backends_imports(platform: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, platform, ",".join(LINUX_ONLY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "all", done.stdout + done.stderr
