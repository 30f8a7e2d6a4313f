"""A trainer at the command line of one agent."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from agent.face import control
from agent.face.control import Request
from agent.paths import HOME_VARIABLE, Paths
from tests.agent.conftest import PlatformServer
from wire.events import Keystroke


class Trainer:
    """Runs `veritype` commands in one state folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **os.environ,
            HOME_VARIABLE: str(home),
            "VERITYPE_SEAL_INTERVAL_S": "0.5",
            "VERITYPE_RETRY_CAP_S": "0.2",
            "VERITYPE_READ_TIMEOUT_S": "10",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        program = "from agent.cli.main import main; main(prog_name='veritype')"
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def do(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.do("status", "--json")))

    def state(self) -> str:
        """The state, asked of the agent process itself: quicker than a command."""
        return control.ask(Paths(self.home).socket, Request(do="status")).state

    def agent_pid(self) -> int | None:
        mark = f"{HOME_VARIABLE}={self.home}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark not in (folder / "environ").read_bytes().split(b"\0"):
                    continue
                if b"agent\0run" in (folder / "cmdline").read_bytes():
                    return int(folder.name)
            except OSError:
                continue
        return None


def keystrokes(platform: PlatformServer) -> int:
    every = [batch for batches in platform.batches.values() for batch in batches]
    return sum(len(batch.body.events(Keystroke)) for batch in every)
