"""The real server process, and what its operator and its platform ask of it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests

from tests.live.processes import Child, NeverHappenedError, environment, start, wait_for
from wire.policy import Policy

BIN = Path(sys.executable).parent
"""Where the commands of this environment are."""
_LISTENING = re.compile(r"listening on (http://127\.0\.0\.1:\d+)")
_START_S = 180.0
_SCORED_S = 120.0


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs `veritype-server` commands on a data folder."""

    folder: Path

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.folder / "data"

    def environment(self) -> dict[str, str]:
        """Of every server process: its temporary files are kept apart."""
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        return environment(None, TMPDIR=str(temporary), HOME=str(self.folder))

    def run(self, *arguments: str) -> str:
        """Run one command and return what it printed.

        Raises:
            NeverHappenedError: it failed; the text holds all it said.
        """
        done = subprocess.run(
            [str(BIN / "veritype-server"), *arguments, "--data", str(self.data)],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=_START_S,
            check=False,
        )
        with (self.folder / "commands.log").open("a") as log:
            log.write(f"$ veritype-server {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        if done.returncode:
            raise NeverHappenedError(f"veritype-server {arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def add_project(self, name: str, policy: Policy) -> None:
        """Make a project with a policy."""
        file = self.folder / f"{name}.json"
        file.write_bytes(msgspec.json.encode(policy))
        self.run("project", "add", name, "--policy", str(file))

    def add_trainer(self, name: str) -> str:
        """Make a trainer and return a pairing code for a device of theirs."""
        self.run("user", "add", name, "--role", "trainer")
        return str(json.loads(self.run("pair", name, "--json"))["code"])


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, with a platform's key to its API."""

    operator: Operator
    process: Child
    url: str
    key: str

    @property
    def port(self) -> int:
        """Where it listens."""
        return urlsplit(self.url).port or 0

    def get(self, path: str) -> requests.Response:
        """Ask the platform API."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return requests.get(self.url + path, headers=headers, timeout=30)

    def session_of(self, person: str) -> dict[str, Any]:
        """The newest session of a person, as the API shows it."""
        answer = self.get("/v1/sessions")
        answer.raise_for_status()
        mine = [s for s in answer.json()["sessions"] if s["person"]["name"] == person]
        if not mine:
            raise NeverHappenedError(f"the API shows no session of {person}: {answer.text}")
        return dict(mine[0])

    def assessment_of(self, person: str) -> dict[str, Any]:
        """The assessment of a person's newest session, once it is closed and scored."""
        identifier = self.session_of(person)["id"]

        def assessed() -> dict[str, Any] | None:
            answer = self.get(f"/v1/sessions/{identifier}/assessment")
            return dict(answer.json()) if answer.status_code == 200 else None

        return wait_for(
            f"the assessment of {person}'s session",
            assessed,
            _SCORED_S,
            lambda: f"{self.session_of(person)}\n{self.process.said()[-2000:]}",
        )


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """Make a data folder and serve it on a free port; all ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    operator = Operator(folder)
    operator.run("init")
    scopes = ("--scope", "sessions:read", "--scope", "assessments:read")
    key = str(json.loads(operator.run("key", "add", "live tests", *scopes, "--json"))["key"])
    process = serve(operator, port=0)
    try:
        yield Server(operator, process, listening_url(process), key)
    finally:
        process.stop()


def serve(operator: Operator, port: int) -> Child:
    """Start the server process."""
    command = [str(BIN / "veritype-server"), "serve", "--data", str(operator.data)]
    return start(
        [*command, "--port", str(port)], operator.folder / "server.log", operator.environment()
    )


def listening_url(process: Child) -> str:
    """Wait until the server says where it listens."""

    def said() -> str | None:
        found = _LISTENING.search(process.said())
        if found is None and not process.running():
            raise NeverHappenedError(f"the server ended: {process.said()}")
        return found.group(1) if found else None

    return wait_for("the server listening", said, _START_S, process.said)
