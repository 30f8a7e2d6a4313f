"""A desktop of its own: an X server, a window manager, and windows to write in."""

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import Xlib.display
import Xlib.error
from Xlib import X
from Xlib.ext import res

from tests.live.needed import SYSTEM_PYTHON, complaint, missing_packages
from tests.live.processes import Child, NeverHappenedError, environment, start, wait_for
from tests.live.x_servers import one_at_a_time

PROGRAM = Path(__file__).with_name("window_program.py")
SCREEN = "1280x800x24"
START_S = 60.0
HURRIED = -10
"""Niceness of the X server where the system permits: it stamps the keys with their times."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is on the screen, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def at(self, across: float, down: float) -> tuple[int, int]:
        """The point at these shares of the width and the height."""
        return self.left + round(self.width * across), self.top + round(self.height * down)


@dataclass(frozen=True, slots=True)
class Window:
    """One writing window, in its own process."""

    title: str
    process: subprocess.Popen[str]

    def ask(self, do: str, **arguments: object) -> Any:
        """Have the window do something and return its answer."""
        if self.process.stdin is None:
            raise NeverHappenedError(f"{self.title}: started without a pipe")
        self.process.stdin.write(json.dumps({"do": do, "with": arguments}) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self, timeout_s: float = START_S) -> Any:
        """Read one answer."""
        output = self.process.stdout
        if output is None or not select.select([output], [], [], timeout_s)[0]:
            raise NeverHappenedError(f"{self.title}: no answer within {timeout_s:g} s")
        line = output.readline()
        if not line:
            raise NeverHappenedError(f"{self.title}: the window is gone")
        return json.loads(line)

    def text(self) -> str:
        """What is written in it now."""
        return str(self.ask("text"))

    def focused(self) -> bool:
        """Whether keys go to it."""
        return bool(self.ask("focused"))

    def place(self, widget: str = "text") -> Place:
        """Where its text (or its password entry) is."""
        return Place(**self.ask("place", widget=widget))


@dataclass(frozen=True, slots=True)
class Desktop:
    """A running X server with a window manager."""

    name: str
    folder: Path
    server: Child
    closing: ExitStack

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a program on this desktop."""
        return environment(self.name, XDG_SESSION_TYPE="x11", **more)

    def open_window(
        self, title: str, geometry: str = "560x620+20+40", *, password: bool = False
    ) -> Window:
        """Open a writing window and wait until it is on the screen."""
        command = [SYSTEM_PYTHON, str(PROGRAM), "--title", title, "--geometry", geometry]
        process = subprocess.Popen(
            command + (["--password"] if password else []),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment(),
            text=True,
        )
        self.closing.callback(_end, process)
        window = Window(title, process)
        if window.answer() != "ready":
            raise NeverHappenedError(f"{title}: did not come up")
        wait_for(f"{title} in front", lambda: self.title_in_front() == title)
        return window

    def title_in_front(self) -> str | None:
        """The title of the active window, as the window manager tells it."""
        with connected(self.name) as display, suppress(Xlib.error.BadWindow):
            root = display.screen().root
            active = root.get_full_property(
                display.intern_atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType
            )
            if not active or not active.value[0]:
                return None
            window = display.create_resource_object("window", active.value[0])
            name = window.get_full_property(display.intern_atom("_NET_WM_NAME"), X.AnyPropertyType)
            raw = name.value if name else b""
            return raw.decode("utf-8") if isinstance(raw, bytes) else str(raw)
        return None

    def client_processes(self) -> set[int]:
        """The process ids of all that are connected to the X server."""
        with connected(self.name) as display:
            display.res_query_version()
            every_client = {"client": 0, "mask": res.LocalClientPIDMask}
            answer = display.res_query_client_ids([every_client])
            return {pid for client in answer.ids for pid in client.value}


@contextmanager
def connected(name: str) -> Iterator[Xlib.display.Display]:
    """A connection to an X server for a moment."""
    display = Xlib.display.Display(name)
    try:
        yield display
    finally:
        display.close()


@contextmanager
def desktop(folder: Path, screen: str = SCREEN) -> Iterator[Desktop]:
    """Start a desktop with a screen of that size; all of it ends with the block.

    Raises:
        NeverHappenedError: it did not come up; the text says why.
    """
    if missing_packages():
        raise NeverHappenedError(complaint(missing_packages()))
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as closing:
        with one_at_a_time():
            name, server = _start_server(folder, closing, screen)
        manager = start(
            ["openbox", "--sm-disable"],
            folder / "openbox.log",
            environment(name, HOME=str(folder), XDG_CONFIG_HOME=str(folder / "config")),
        )
        closing.callback(manager.stop)
        wait_for("a window manager", lambda: _is_managed(name), START_S, manager.said)
        yield Desktop(name, folder, server, closing)


def _start_server(folder: Path, closing: ExitStack, screen: str) -> tuple[str, Child]:
    reader, writer = os.pipe()
    closing.callback(os.close, reader)
    command = [
        "Xvfb",
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        screen,
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    server = start(command, folder / "xvfb.log", pass_fds=[writer])
    os.close(writer)
    closing.callback(_end_server, server)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, server.pid, HURRIED)
    number = ""
    deadline = time.monotonic() + START_S
    while not number.endswith("\n"):
        left = max(deadline - time.monotonic(), 0.0)
        if not select.select([reader], [], [], left)[0]:
            raise NeverHappenedError(f"no X server within {START_S:g} s: {server.said()}")
        part = os.read(reader, 16).decode("ascii")
        if not part:
            raise NeverHappenedError(f"the X server ended: {server.said()}")
        number += part
    return f":{number.strip()}", server


def _end_server(server: Child) -> None:
    with one_at_a_time():
        server.stop()


def _is_managed(name: str) -> bool:
    with connected(name) as display:
        atom = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        return display.screen().root.get_full_property(atom, X.AnyPropertyType) is not None


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=30)
