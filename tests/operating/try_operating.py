"""`docs/operating.md` is true when it is followed: its blocks run as they stand.

What stands for the machine: a scratch folder for `/`, free ports, `systemctl` that starts what the
units say, and `runuser`, `chown` and `install` that change no owner.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.server.postgres import Cluster
from tests.server.s3 import BUCKET, S3Server

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "operating.md"
PLACES = ("/var/lib", "/var/backups", "/etc/veritype", "/etc/systemd/system", "/opt", "/root")
STUBS = {
    "runuser": 'shift 3; exec "$@"',
    "chown": "exit 0",
    "journalctl": 'exec tail -n 1 "$RUN/$2.log"',
    "install": (
        'words=(); while [ $# -gt 0 ]; do case "$1" in -o|-g) shift 2;; *) words+=("$1"); shift;;'
        ' esac; done; exec /usr/bin/install "${words[@]}"'
    ),
    "systemctl": f'exec {sys.executable} {Path(__file__).with_name("systemctl.py")} "$@"',
}


def blocks(kind: str) -> str:
    """All blocks of a kind, one after the other, as one person types them in one shell."""
    found = re.findall(rf"^```{kind}\n(.*?)^```$", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    assert found, kind
    return "".join(found)


@dataclass
class Machine:
    """A scratch folder that stands for a machine."""

    root: Path
    changed: dict[str, str]

    def literal(self, text: str) -> str:
        """The same text with this machine's places, ports and addresses."""
        for before, after in self.changed.items():
            text = text.replace(before, after)
        return text

    def run(self, script: str) -> str:
        """Run a script as it stands, but for the places."""
        ran = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", self.literal(script)],
            cwd=self.root / "checkout",
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        logs = "".join(path.read_text()[-2000:] for path in (self.root / "run").glob("*.log"))
        assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}\n{logs}"
        return ran.stdout

    @property
    def environment(self) -> Mapping[str, str]:
        """With the stand-ins in front of everything else."""
        return os.environ | {
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            "UNITS": str(self.root / "etc/systemd/system"),
            "RUN": str(self.root / "run"),
            "OMP_NUM_THREADS": "1",
        }


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    changed = {place: str(tmp_path / place[1:]) for place in PLACES}
    made = Machine(tmp_path, changed)
    for number in ("8765", "8766"):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            changed[f":{number}"] = f":{free.getsockname()[1]}"
            changed[f"--port {number}"] = f"--port {free.getsockname()[1]}"
    for place in (*PLACES, "/bin", "/run", "/opt/veritype/bin", "/var/lib", "/checkout"):
        (tmp_path / place[1:]).mkdir(parents=True, exist_ok=True)
    scripts = {f"bin/{name}": text for name, text in STUBS.items()}
    scripts["opt/veritype/bin/veritype-server"] = f'exec {sys.executable} -m server.cli.main "$@"'
    for name, text in scripts.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / name).chmod(0o755)
    shutil.copytree(ROOT / "samples", tmp_path / "checkout/samples", ignore=_only_policies)
    units = tmp_path / "checkout/deploy/server"
    units.mkdir(parents=True)
    for path in (ROOT / "deploy/server").iterdir():
        (units / path.name).write_text(made.literal(path.read_text()))
    (tmp_path / "var/backups/veritype").mkdir()
    yield made
    subprocess.run(
        [tmp_path / "bin/systemctl", "stop", "veritype.service", "veritype-worker@1.service"],
        env=made.environment,
        check=False,
    )


def _only_policies(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".json")]


def test_one_machine_with_sqlite(machine: Machine) -> None:
    said = machine.run(blocks("sh"))
    assert said.count('"ready": true') == 3
    assert "is whole" in said
    assert "nothing is due" in said
    assert "veritype_scoring_jobs_waiting" in said
    kept = machine.root / "var/lib/veritype"
    lost = machine.root / "var/lib/veritype.lost"
    assert (kept / "veritype.db").exists()
    assert (lost / "veritype.db").exists()
    backups = list((machine.root / "var/backups/veritype").iterdir())
    assert len(backups) == 2
    doctor = machine.run("/opt/veritype/bin/veritype-server doctor --json --data /var/lib/veritype")
    assert json.loads(doctor)["ok"] is True


def test_two_nodes_with_postgresql_and_s3(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres, store = Cluster(), S3Server()
    try:
        name = f"operating_{secrets.token_hex(4)}"
        postgres.execute("CREATE DATABASE {}", name)
        monkeypatch.setenv("PATH", str(postgres.programs), prepend=os.pathsep)
        machine.changed |= {
            "postgresql://veritype:secret@db.example.org/veritype": f"'{postgres.address(name)}'",
            "s3://veritype": f"s3://{BUCKET}",
            "https://s3.example.org": store.endpoint,
        }
        said = machine.run(blocks("sh two"))
    finally:
        store.stop()
        postgres.remove()
    assert '"ready": true' in said
    assert "nothing is wrong" in said
    (backup,) = (machine.root / "var/backups/veritype").iterdir()
    assert (backup / "database.dump").stat().st_size > 1_000
