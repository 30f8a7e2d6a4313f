"""Stands for systemctl: starts what the unit files say, without the sandbox."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS, RUN = Path(os.environ["UNITS"]), Path(os.environ["RUN"])


def settings(unit: str) -> dict[str, list[str]]:
    template = f"{unit.split('@')[0]}@.service" if "@" in unit else unit
    found: dict[str, list[str]] = {}
    text = (UNITS / template).read_text().replace("%H", "host")
    for line in text.replace("%i", unit.partition("@")[2].removesuffix(".service")).splitlines():
        name, assigned, value = line.partition("=")
        if assigned and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def environment(unit: dict[str, list[str]]) -> dict[str, str]:
    pairs = [pair for line in unit.get("Environment", []) for pair in shlex.split(line)]
    for path in (Path(each.removeprefix("-")) for each in unit.get("EnvironmentFile", [])):
        pairs += shlex.split(path.read_text()) if path.exists() else []
    return os.environ | dict(pair.split("=", 1) for pair in pairs)


def start(name: str) -> None:
    unit = settings(name)
    if name.endswith(".timer"):
        assert unit["OnCalendar"]
        assert (UNITS / name.replace(".timer", ".service")).exists()
        return
    command = shlex.split(unit["ExecStart"][0])
    if unit["Type"] == ["oneshot"]:
        subprocess.run(command, env=environment(unit), check=True)
        return
    with (RUN / f"{name}.log").open("a") as log:
        process = subprocess.Popen(
            command, env=environment(unit), stdout=log, stderr=log, start_new_session=True
        )
    (RUN / f"{name}.pid").write_text(str(process.pid))


def stop(name: str) -> None:
    path = RUN / f"{name}.pid"
    if not path.exists():
        return
    pid = int(path.read_text())
    path.unlink()
    os.kill(pid, signal.SIGTERM)
    end_s = time.monotonic() + int(settings(name)["TimeoutStopSec"][0])
    while (
        Path(f"/proc/{pid}").exists()
        and "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    ):
        assert time.monotonic() < end_s, f"{name} did not stop in time"
        time.sleep(0.05)


def main(words: list[str]) -> None:
    verb, units = words[0], [word for word in words[1:] if not word.startswith("-")]
    for unit in units:
        if verb in ("stop", "restart"):
            stop(unit)
        if verb in ("start", "restart", "enable"):
            start(unit)


main(sys.argv[1:])
