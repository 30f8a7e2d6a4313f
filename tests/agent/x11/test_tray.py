"""The icon in a real tray."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.error import BadDrawable, BadMatch, BadWindow

from agent.paths import HOME_VARIABLE
from agent.processes import command
from agent.tray.look import Look
from tests.agent.x11.conftest import SAID_S, Desktop, wait_for
from tests.agent.x11.trainer import Trainer

pytestmark = pytest.mark.live

RED, AMBER = (0xD5, 0x28, 0x1F), (0xE8, 0xA2, 0x00)


@pytest.fixture
def tray(desktop: Desktop) -> Iterator[subprocess.Popen[bytes]]:
    """A tray of Debian's, at the bottom of the screen."""
    process = subprocess.Popen(["trayer", "--widthtype", "request"], stderr=subprocess.DEVNULL)
    owner = desktop.connection.intern_atom("_NET_SYSTEM_TRAY_S0")
    wait_for(lambda: desktop.connection.get_selection_owner(owner) != X.NONE)
    yield process
    process.terminate()
    process.wait(30)


def icons(desktop: Desktop) -> dict[str, Any]:
    """Our windows in the whole tree, by what they are called."""
    found: dict[str, Any] = {}
    waiting = [desktop.connection.screen().root]
    while waiting:
        window = waiting.pop()
        with suppress(BadWindow):
            waiting += window.query_tree().children
            name = window.get_wm_name()
            if str(name).startswith("Veritype: "):
                found[str(name)] = window
    return found


def colours(window: Any) -> set[tuple[int, int, int]]:
    """The colours that an icon shows."""
    with suppress(BadDrawable, BadMatch):
        size = window.get_geometry()
        image = window.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
        data = image.data
        return {(data[at + 2], data[at + 1], data[at]) for at in range(0, len(data), 4)}
    return set()


def shows(desktop: Desktop, look: Look, colour: tuple[int, int, int]) -> bool:
    found = icons(desktop)
    return list(found) == [look.value] and colour in colours(found[look.value])


def trays(trainer: Trainer) -> list[int]:
    """The tray processes of this trainer's agent."""
    mark = f"{HOME_VARIABLE}={trainer.home}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            named = b"agent\0tray" in (folder / "cmdline").read_bytes()
            if named and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def test_the_icon_follows_the_agent_and_ends_with_it(
    trainer: Trainer, desktop: Desktop, tray: subprocess.Popen[bytes]
) -> None:
    desktop.window("a task")
    trainer.do("clock", "in", "--accept-policy", "3")
    wait_for(lambda: shows(desktop, Look.RECORDING, RED))
    trainer.do("clock", "pause")
    wait_for(lambda: shows(desktop, Look.PAUSED, AMBER))
    trainer.do("clock", "out", "--wait", "60")
    wait_for(lambda: not trays(trainer) and not icons(desktop))


def test_the_menu_pauses_and_resumes(
    trainer: Trainer, desktop: Desktop, tray: subprocess.Popen[bytes]
) -> None:
    desktop.window("a task")
    trainer.do("clock", "in", "--accept-policy", "3")
    wait_for(lambda: shows(desktop, Look.RECORDING, RED))
    choose(desktop, Look.RECORDING)
    wait_for(lambda: trainer.state() == "paused")
    wait_for(lambda: shows(desktop, Look.PAUSED, AMBER))
    choose(desktop, Look.PAUSED)
    wait_for(lambda: trainer.state() == "recording")


def choose(desktop: Desktop, look: Look) -> None:
    """Click on the icon and take the first order of its menu."""
    place = icons(desktop)[look.value]
    root = desktop.connection.screen().root
    at = root.translate_coords(place, 4, 4)
    before = len(root.query_tree().children)
    desktop.keys("mousemove", str(at.x), str(at.y), "click", "1")
    wait_for(lambda: len(root.query_tree().children) > before)
    desktop.keys("key", "Down", "Return")


@pytest.mark.alone
def test_a_broken_recorder_is_shown_within_5_seconds(
    trainer: Trainer, desktop: Desktop, tray: subprocess.Popen[bytes]
) -> None:
    desktop.window("a task")
    trainer.do("clock", "in", "--accept-policy", "3")
    wait_for(lambda: shows(desktop, Look.RECORDING, RED))
    (pid,) = capturing(trainer)
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_for(lambda: Look.BROKEN.value in icons(desktop), SAID_S)
    finally:
        os.kill(pid, signal.SIGCONT)


def capturing(trainer: Trainer) -> list[int]:
    mark = f"{HOME_VARIABLE}={trainer.home}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            named = b"agent\0capture" in (folder / "cmdline").read_bytes()
            if named and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def test_an_icon_whose_tray_ends_leaves_no_window_and_docks_in_the_next(
    trainer: Trainer, desktop: Desktop, tray: subprocess.Popen[bytes]
) -> None:
    desktop.window("a task")
    trainer.do("clock", "in", "--accept-policy", "3")
    wait_for(lambda: shows(desktop, Look.RECORDING, RED))
    tray.terminate()
    wait_for(lambda: not icons(desktop))
    again = subprocess.Popen(["trayer", "--widthtype", "request"], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: shows(desktop, Look.RECORDING, RED))
    finally:
        again.terminate()
        again.wait(30)


def test_without_a_tray_the_process_ends_quietly(trainer: Trainer, desktop: Desktop) -> None:
    desktop.window("a task")
    trainer.do("clock", "in", "--accept-policy", "3")
    done = subprocess.run(
        command("tray"), env=trainer.environment, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    wait_for(lambda: not trays(trainer))
    assert not icons(desktop)


def test_from_log_in_on_one_icon_stays_and_starts_nothing_by_itself(
    trainer: Trainer, desktop: Desktop, tray: subprocess.Popen[bytes]
) -> None:
    staying = subprocess.Popen(command("tray", "--stay"), env=trainer.environment)
    try:
        wait_for(lambda: list(icons(desktop)) == [Look.OFF.value])
        assert trainer.agent_pid() is None
        desktop.window("a task")
        trainer.do("clock", "in", "--accept-policy", "3")
        wait_for(lambda: shows(desktop, Look.RECORDING, RED))
        wait_for(lambda: trays(trainer) == [staying.pid])
        trainer.do("clock", "out", "--wait", "60")
        wait_for(lambda: list(icons(desktop)) == [Look.OFF.value])
        assert staying.poll() is None
    finally:
        staying.terminate()
        staying.wait(30)
