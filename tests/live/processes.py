"""Starting and ending the processes of a live test, and waiting for what they do."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.05


class NeverHappenedError(AssertionError):
    """Something that had to happen did not."""


def wait_for(
    what: str,
    seen: Callable[[], T | None],
    timeout_s: float = 60.0,
    explain: Callable[[], object] = lambda: "",
) -> T:
    """Poll `seen` until it returns something true, and return that.

    Raises:
        NeverHappenedError: it did not within the time; the text says what was awaited.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        value = seen()
        if value:
            return value
        if time.monotonic() > deadline:
            raise NeverHappenedError(f"{what}: not within {timeout_s:g} s. {explain()}")
        time.sleep(POLL_S)


@dataclass(frozen=True, slots=True)
class Child:
    """A process that we started, with the file its output goes to."""

    process: subprocess.Popen[bytes]
    log: Path
    began_at: int = 0
    """Where its output begins in the file: earlier processes may have written to it."""

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        """All it wrote so far."""
        return self.log.read_bytes()[self.began_at :].decode("utf-8", "replace")

    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, how: signal.Signals = signal.SIGTERM, timeout_s: float = 10.0) -> int:
        """End it by its process id and return its exit status."""
        if self.running():
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(timeout_s)


def start(
    command: Sequence[str],
    log: Path,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> Child:
    """Start a program with its output in a file."""
    with log.open("ab") as output:
        began_at = output.tell()
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            pass_fds=pass_fds,
        )
    return Child(process, log, began_at)


def descendants(pid: int) -> tuple[int, ...]:
    """The process ids of a process's children, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return tuple(found)


def environment(display: str | None, **more: str) -> dict[str, str]:
    """This process's environment without its own desktop, and with the given one."""
    ours = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XAUTHORITY")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | ({} if display is None else {"DISPLAY": display}) | more
