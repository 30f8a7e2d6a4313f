"""Where the server spends its time: py-spy beside it, from outside, all threads and children."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.scratch import installed, scratch_python

_ENVIRONMENT = Path(".build/py-spy")
_SAMPLES_A_SECOND = 200
_WRITE_S = 60.0


class NoProfileError(RuntimeError):
    """py-spy could not be installed or could not look at the server."""


@contextmanager
def profiled(pid: int, seconds: float, path: Path | None) -> Iterator[None]:
    """Sample a process tree while the block runs, if a path is given.

    A path that ends in `.svg` becomes a flame graph, in `.json` a profile for speedscope, any
    other one line per stack with its count (`sort -t' ' -k2` territory, and grep's).
    """
    if path is None:
        yield
        return
    python = scratch_python(_ENVIRONMENT)
    why = installed(python, "py-spy")
    if why:
        raise NoProfileError(why)
    kind = {".svg": "flamegraph", ".json": "speedscope"}.get(path.suffix, "raw")
    command = [str(python.parent / "py-spy"), "record", "--subprocesses", "--gil"]
    command += ["--pid", str(pid), "--rate", str(_SAMPLES_A_SECOND), "--format", kind]
    process = subprocess.Popen(
        [*command, "--duration", str(max(1, int(seconds))), "--output", str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield
    finally:
        _, said = process.communicate(timeout=_WRITE_S)
    if process.returncode:
        raise NoProfileError(said.decode("utf-8", "replace")[-500:])
