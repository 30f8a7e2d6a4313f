"""Other recorders on the same desktop, for the same input: ActivityWatch, and bare listeners."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bench.agent.sampler import Watched, watching
from bench.scratch import installed, scratch_python
from tests.live.desktop import Desktop
from tests.live.processes import Child, start, wait_for

WATCHERS = ("aw-watcher-window", "aw-watcher-afk", "aw-watcher-input")
SERVER = ("aw-server", "peewee<4")
"""Their server takes what they send; it is not measured, as ours is not."""
PORT = 5666
"""The port of ActivityWatch's testing mode."""
LISTENERS = "bare pynput listeners"
_HERE = Path(__file__).parent


@dataclass(slots=True)
class Peers:
    """What was measured beside the agent, and what could not be."""

    running: dict[str, Child] = field(default_factory=dict)
    watched: dict[str, Watched] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    """Name, to the reason."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Measure each of them while the block runs."""
        with ExitStack() as closing:
            for name, child in self.running.items():
                self.watched[name] = closing.enter_context(watching(lambda pid=child.pid: [pid]))  # type: ignore[misc]
            yield
        for name, child in self.running.items():
            if not child.running():
                self.watched.pop(name)
                self.missing[name] = f"it ended during the run: {child.said()[-300:]}"


@contextmanager
def peers_beside(screen: Desktop, folder: Path, environment_folder: Path) -> Iterator[Peers]:
    """Start what can be started on a desktop; all of it ends with the block."""
    peers = Peers()
    folder.mkdir(parents=True, exist_ok=True)
    python = scratch_python(environment_folder)
    with ExitStack() as closing:
        peers.running = _watchers(screen, folder, python, peers, closing)
        peers.running[LISTENERS] = _started(
            [sys.executable, str(_HERE / "bare_listeners.py")], screen, folder, closing
        )
        yield peers


def _watchers(
    screen: Desktop, folder: Path, python: Path, peers: Peers, closing: ExitStack
) -> dict[str, Child]:
    offered = []
    for name in WATCHERS:
        why = installed(python, name)
        if why:
            peers.missing[name] = why
        else:
            offered.append(name)
    if not offered:
        return {}
    why = installed(python, *SERVER)
    if why:
        peers.missing |= dict.fromkeys(offered, f"their server: {why}")
        return {}
    commands = python.parent
    server = _started([str(commands / "aw-server"), "--testing"], screen, folder, closing)
    wait_for("aw-server", _server_answers, 60.0, server.said)
    return {
        name: _started([str(commands / name), "--testing"], screen, folder, closing)
        for name in offered
    }


def _started(command: list[str], screen: Desktop, folder: Path, closing: ExitStack) -> Child:
    name = Path(command[-1] if command[-1].endswith(".py") else command[0]).stem
    own = screen.environment(HOME=str(folder), XDG_CONFIG_HOME=str(folder / "config"))
    child = start(command, folder / f"{name}.log", own)
    closing.callback(child.stop)
    return child


def _server_answers() -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{PORT}/api/0/info", timeout=1).ok
    except requests.RequestException:
        return False
