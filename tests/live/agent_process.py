"""The real agent on one desktop, driven by its command line as a trainer does."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live.processes import NeverHappenedError, wait_for
from tests.live.server_process import BIN

_COMMAND_S = 180.0
QUICK = {
    "VERITYPE_SEAL_INTERVAL_S": "2",
    "VERITYPE_RETRY_CAP_S": "1",
    "VERITYPE_READ_TIMEOUT_S": "6",
    "VERITYPE_CONNECT_TIMEOUT_S": "5",
}
"""Settings that shorten the waits, nothing else."""


@dataclass(frozen=True, slots=True)
class Done:
    """One finished command."""

    status: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True)
class Agent:
    """A trainer's agent: its state folder and the environment of its desktop."""

    folder: Path
    desktop: Mapping[str, str]
    program: Path = BIN / "veritype"

    @property
    def state(self) -> Path:
        """VERITYPE_HOME."""
        return self.folder / "state"

    def environment(self) -> dict[str, str]:
        """Of every agent process: what it leaves anywhere stays in its own folder."""
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        ours = {"VERITYPE_HOME": str(self.state), "TMPDIR": str(temporary)}
        return {**self.desktop, **QUICK, **ours, "HOME": str(self.folder)}

    def attempt(self, *arguments: str) -> Done:
        """Run one command, whatever comes of it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "commands.log"
        done = subprocess.run(
            [str(self.program), *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_S,
            check=False,
        )
        with log.open("a") as file:
            file.write(f"$ veritype {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return Done(done.returncode, done.stdout, done.stderr)

    def run(self, *arguments: str) -> str:
        """Run one command that has to work.

        Raises:
            NeverHappenedError: it failed; the text holds all it said.
        """
        done = self.attempt(*arguments)
        if done.status:
            raise NeverHappenedError(f"veritype {arguments}: {done.output}{done.errors}")
        return done.output

    def clock_in(self, project: str, policy_version: int = 1) -> None:
        """Clock in, accepting the policy as it was shown."""
        self.run("clock", "in", "--project", project, "--accept-policy", str(policy_version))

    def clock_out(self) -> None:
        """Clock out."""
        self.run("clock", "out")

    def status(self) -> dict[str, Any]:
        """What the agent says about itself."""
        return dict(json.loads(self.run("status", "--json")))

    def processes(self) -> list[int]:
        """The running agent processes of this state folder, by process id."""
        mark = f"VERITYPE_HOME={self.state}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found

    def stop(self) -> None:
        """End what still runs of it, each process by its id."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        with suppress(NeverHappenedError):
            wait_for("the agent ended", lambda: not self.processes(), 10.0)
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
