"""Starts the generator's process, lets it send, and reads what it measured."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server.requests import Requests
from bench.server.run_result import Measured, load_measured

_MODULE = "bench.server.generator"
_SERVER_CORES = 2


class GeneratorFailedError(RuntimeError):
    """The generator ended without its measurements."""


@contextmanager
def generator(
    requests: Requests,
    folder: Path,
    port: int,
    connections: int,
    stop_after_s: float = float("inf"),
) -> Iterator["Sender"]:
    """A generator with all its connections open, ready to send."""
    requests.save(folder)
    command = [sys.executable, "-m", _MODULE, str(folder), "127.0.0.1", str(port)]
    process = subprocess.Popen(
        [*command, str(connections), str(stop_after_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        if process.stdout is None or process.stdout.readline() != b"ready\n":
            raise GeneratorFailedError("the generator could not open its connections")
        yield Sender(process, folder)
    finally:
        process.kill()
        process.wait()


class Sender:
    """A generator that waits for the word."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self._process = process
        self._folder = folder

    def send_all(self) -> Measured:
        """Let it send everything.

        Raises:
            GeneratorFailedError: it ended with an error.
        """
        self._process.communicate(b"\n")
        if self._process.returncode:
            raise GeneratorFailedError(f"the generator ended with {self._process.returncode}")
        return load_measured(self._folder)


@contextmanager
def on_server_cores() -> Iterator[None]:
    """Processes started in the block run on two cores, however many the machine has."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(allowed)[:_SERVER_CORES]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
