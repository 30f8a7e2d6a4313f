"""A real server that is there in a moment, to be killed: forked from one that has read its code.

The same `serve` as the command's. A new interpreter would read the libraries for seconds each time,
and the scorer's for longer: here one scorer, a process of its own, serves all of them.
"""

import contextlib
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from server.operation import serving

_READY = re.compile(rb"listening on (http://\S+)")
_START_S = 120
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["server.operation.serving"])


def _serve(folder: Path, said: Connection) -> None:
    os.dup2(said.fileno(), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    serving.serve(folder, "127.0.0.1", 0, scorer_count=0)


@dataclass(frozen=True)
class ServerToKill:
    """A running server."""

    process: ForkServerProcess
    address: str

    def kill(self) -> None:
        """`kill -9`."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)

    def ended(self) -> int | None:
        """Wait for its end; the status."""
        self.process.join(60)
        return self.process.exitcode


@contextlib.contextmanager
def server_to_kill(folder: Path) -> Iterator[ServerToKill]:
    """Fork a server and wait until it answers; what is left of it ends with the block."""
    reading, said = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_serve, args=(folder, said), daemon=True)
    process.start()
    said.close()
    try:
        assert reading.poll(_START_S), "the server says nothing"
        ready = _READY.search(os.read(reading.fileno(), 1000))
        assert ready is not None, "the server did not start"
        yield ServerToKill(process, ready[1].decode())
    finally:
        process.kill()
        process.join()
        reading.close()


@contextlib.contextmanager
def scorer(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The scorer's process, as the supervisor starts it."""
    command = [sys.executable, "-m", "server.scoring.worker", str(folder), "scorer-0"]
    process = subprocess.Popen([*command, str(os.getpid())], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
