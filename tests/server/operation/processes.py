"""A server process, with its log in a file."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import httpx

LONG_S = 120.0
"""So long a client waits: beside tests on a display others may get nothing for a while."""
_ADDRESS = re.compile(r"http://\S+")


@dataclass(frozen=True, slots=True)
class Running:
    """It answers at `address`; metrics stand at `metrics`."""

    process: "subprocess.Popen[str]"
    address: str
    metrics: str
    log: Path


@contextlib.contextmanager
def running(data: Path, *words: str, **environment: str) -> Iterator[Running]:
    """`veritype-server serve` on a data folder."""
    command = [sys.executable, "-m", "server.cli.main", "serve", "--port", "0", "--data", str(data)]
    variables = {"VERITYPE_METRICS_BIND": "127.0.0.1:0", "OMP_NUM_THREADS": "1"} | environment
    log = data.parent / "server.log"
    with (
        log.open("w") as file,
        subprocess.Popen(
            [*command, *words],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env=os.environ | variables,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            found = [_ADDRESS.search(process.stdout.readline()) for _ in range(2)]
            assert found[0], log.read_text()
            assert found[1], log.read_text()
            yield Running(process, found[0].group(), found[1].group(), log)
        finally:
            process.kill()
            process.wait()


def start_worker(data: Path, log: TextIO) -> "subprocess.Popen[bytes]":
    """`veritype-server worker` on a data folder; end it."""
    command = [sys.executable, "-m", "server.cli.main", "worker", "--data", str(data)]
    return subprocess.Popen(
        command, stdout=log, stderr=log, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )


def until(holds: Callable[[], bool], seconds: float = 90) -> None:
    """Wait for something, at most so long."""
    end_s = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end_s, "it never came"
        time.sleep(0.1)


def metrics_of(server: Running, token: str = "") -> dict[str, float]:
    """Every sample by its name and labels."""
    fields = {"authorization": f"Bearer {token}"} if token else {}
    answer = httpx.get(server.metrics, headers=fields, timeout=LONG_S)
    answer.raise_for_status()
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}
