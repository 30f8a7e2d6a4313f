"""Install the Debian package, enrol, work, clock out, remove it; see `try-package`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from agent import AGENT_VERSION
from tests.live.agent_process import Agent
from tests.live.desktop import desktop
from tests.live.processes import wait_for
from tests.live.server_process import Server, running_server
from tests.live.trainer import POLICY, PROJECT, TASK_TITLE

PERSON = "packaged"


@contextmanager
def installed(package: Path, root: Path) -> Iterator[Path]:
    """The package below a folder of its own; removed at the end, and nothing may stay behind."""
    database = root / "var/lib/dpkg"
    for folder in ("info", "updates"):
        (database / folder).mkdir(parents=True)
    (database / "status").touch()
    before = _files(root)
    _dpkg(root, "--install", str(package))
    yield root / "usr/bin/veritype"
    _dpkg(root, "--purge", "veritype")
    left = {path for path in _files(root) - before if not path.is_relative_to(root / "var")}
    assert not left, f"removing the package left {sorted(map(str, left))}"


def _dpkg(root: Path, *arguments: str) -> None:
    # The folder has no other packages: what ours depends on is checked on this machine instead.
    command = ["dpkg", f"--root={root}", "--force-not-root", "--force-depends", *arguments]
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PATH": path}
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _files(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if path.is_symlink() or path.is_file()}


def check_dependencies(package: Path, root: Path) -> None:
    """What the package says it needs is here, and every library inside finds what it needs."""
    needed = _output("dpkg-deb", "--field", str(package), "Depends").strip()
    for each in needed.split(", "):
        name = each.split()[0]
        state = _output("dpkg-query", "--show", "--showformat=${Status}\n", name)
        assert "install ok installed" in state, f"{name}: {state}"
    inside = root / "opt/veritype/_internal"
    where = os.environ | {"LD_LIBRARY_PATH": str(inside)}
    libraries = [str(path) for path in inside.rglob("*.so*")]
    command = ["ldd", *libraries]
    told = subprocess.run(command, capture_output=True, text=True, env=where, check=False)
    missing = [line.strip() for line in told.stdout.splitlines() if "not found" in line]
    assert libraries, "the package holds no library"
    assert not missing, missing


def work(agent: Agent, server: Server) -> None:
    """Enrol, clock in, type, look at the status, clock out: the server has it all."""
    assert agent.run("--version").split()[-1] == AGENT_VERSION
    agent.run("enrol", server.url, server.operator.add_trainer(PERSON))
    agent.clock_in(PROJECT)
    command = ["xdotool", "type", "--delay", "20", "a packaged word"]
    subprocess.run(command, env=agent.environment(), check=True)
    status = agent.status()
    assert status["state"] == "recording", status
    working = {source["name"]: source["state"] for source in status["sources"]}
    assert working["keyboard"] == working["screenshots"] == "running", status
    wait_for("a receipt", lambda: agent.status()["spool"]["receipts"], explain=agent.status)
    check_parts(agent)
    agent.run("clock", "out", "--wait", "120")
    server.assessment_of(PERSON)
    session = server.session_of(PERSON)
    assert session["state"] == "scored", session
    assert session["head_sequence"] >= 1, session
    assert session["lost_events"] == {}, session
    wait_for("the agent's processes ended", lambda: not agent.processes())


def check_parts(agent: Agent) -> None:
    """Files that a frozen program could have left behind: the page's, the extension's."""
    address, ticket = agent.run("page", "--no-open").strip().split("#")
    assert ticket
    for name in ("", "page.css", "page.js"):
        answer = requests.get(address + name, timeout=30)
        assert answer.status_code == 200, f"{name}: {answer.status_code}"
    assert "manifest.json" in agent.run("browser", "install", "--browser", "firefox")
    for pid in agent.processes():
        # PyInstaller's name for what a program found there: a parent's libraries, handed on.
        with suppress(FileNotFoundError):
            found = Path(f"/proc/{pid}/environ").read_bytes()
            assert b"LD_LIBRARY_PATH_ORIG=" not in found, f"{pid} got its parent's libraries"
    report = json.loads(agent.run("doctor", "--json"))
    assert report["seeing"], report


def main(package: Path, scratch: Path) -> None:
    """Try the package."""
    with installed(package, scratch / "root") as program, running_server(scratch / "s") as server:
        check_dependencies(package, scratch / "root")
        server.operator.add_project(PROJECT, POLICY)
        with desktop(scratch / "desktop") as screen:
            screen.open_window(TASK_TITLE)
            agent = Agent(scratch / "agent", screen.environment(), program)
            try:
                work(agent, server)
            finally:
                agent.stop()
    print("The package installs, records, sends, and is removed without a trace.")


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
