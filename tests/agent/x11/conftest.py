"""A virtual display with a window manager, for tests that need real input."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from Xlib import X, Xatom, display
from Xlib.error import ConnectionClosedError

from agent.capture.loop import Capture
from agent.observations import Observation
from tests.agent.conftest import PlatformServer
from tests.agent.x11.trainer import Trainer
from tests.live.x_servers import one_at_a_time


@dataclass
class Desktop:
    """A display; windows opened on it are plain, with a title."""

    name: str
    connection: display.Display
    server_pid: int
    windows: list[object] = field(default_factory=list)

    def window(self, title: str) -> int:
        root = self.connection.screen().root
        window = root.create_window(
            40, 40, 400, 300, 0, X.CopyFromParent, background_pixel=0xFFFFFF
        )
        window.change_property(
            self.connection.intern_atom("_NET_WM_NAME"),
            self.connection.intern_atom("UTF8_STRING"),
            8,
            title.encode(),
        )
        window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, title.encode())
        window.map()
        self.connection.sync()
        self.windows.append(window)
        wait_for(lambda: self._activated(window.id))
        return int(window.id)

    def _activated(self, number: int) -> bool:
        subprocess.run(["xdotool", "windowactivate", str(number)], check=False, capture_output=True)
        return self.active() == number

    def active(self) -> int:
        atom = self.connection.intern_atom("_NET_ACTIVE_WINDOW")
        found = self.connection.screen().root.get_property(atom, X.AnyPropertyType, 0, 1)
        return int(found.value[0]) if found is not None and len(found.value) else 0

    def keys_go_to_client_of(self, number: int) -> bool:
        """Whether the X server sends keys to a window of the same program as this one."""
        focus = self.connection.get_input_focus().focus
        mask = ~self.connection.display.info.resource_id_mask
        return not isinstance(focus, int) and focus.id & mask == number & mask

    def keys(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True, capture_output=True)


SAID_S = 5.0
"""In which a stopped recorder is said, as promised."""


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline_s = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.02)


def turn_until(
    capture: Capture, seen: list[Observation], kind: type[Observation], count: int = 1
) -> list[Observation]:
    """Pump a capture until so many observations of a kind came; returns them."""
    deadline_s = time.monotonic() + 30
    while True:
        found = [each for each in seen if isinstance(each, kind)]
        if len(found) >= count:
            return found
        assert time.monotonic() < deadline_s, f"{len(found)} of {count} {kind.__name__} seen"
        capture.turn()


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    server, name = _start_server()
    monkeypatch.setenv("DISPLAY", name)
    for variable in ("XDG_SESSION_TYPE", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    connection = display.Display(name)
    check = connection.intern_atom("_NET_SUPPORTING_WM_CHECK")
    root = connection.screen().root
    wait_for(lambda: root.get_property(check, X.AnyPropertyType, 0, 1) is not None)
    yield Desktop(name, connection, server.pid)
    with suppress(ConnectionClosedError, OSError):
        connection.close()
    manager.terminate()
    manager.wait(30)
    with one_at_a_time():
        server.terminate()
        server.wait(30)


def _start_server() -> tuple[subprocess.Popen[bytes], str]:
    reading, writing = os.pipe()
    with one_at_a_time(), os.fdopen(reading) as pipe:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        return server, f":{pipe.readline().strip()}"


@pytest.fixture
def trainer(desktop: Desktop, tmp_path: Path, platform: PlatformServer) -> Iterator[Trainer]:
    made = Trainer(tmp_path / "home")
    made.do("enrol", platform.url, "good-code")
    yield made
    pid = made.agent_pid()
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: made.agent_pid() is None)
