"""Resolve the newest dependencies and write the two lists that installs are made from.

`constraints.txt` pins everything that `[dev]` needs; `demo.txt` lists what the demo needs, to be
installed with `--no-deps`: it leaves out pynput's evdev, which has no wheel and would need a
compiler on a machine that has only Python (X11 never loads it).
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).parent
DEMO_EXTRAS = ("agent", "server")
NO_WHEEL = {"evdev"}
BUILD = ("setuptools", "wheel")


def freeze(python: str) -> dict[str, str]:
    """Installed distributions and their versions, without the project itself."""
    lines = subprocess.run(
        [python, "-m", "pip", "freeze", "--all", "--exclude-editable", "--exclude", "pip"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))


def closure(name: str, extras: tuple[str, ...]) -> set[str]:
    """Names of everything that a distribution needs with these extras."""
    needed: set[str] = set()
    todo = [(name, extras)]
    while todo:
        current, wanted = todo.pop()
        for text in distribution(current).requires or ():
            requirement = Requirement(text)
            chosen = any(
                requirement.marker is None or requirement.marker.evaluate({"extra": extra})
                for extra in (*wanted, "")
            )
            if chosen and requirement.name.lower() not in needed | NO_WHEEL:
                needed.add(requirement.name.lower())
                todo.append((requirement.name, tuple(requirement.extras)))
    return needed


def main() -> None:
    """Resolve in a fresh environment, then write both files."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = f"{folder}/bin/python"
        install = [python, "-m", "pip", "-q", "--disable-pip-version-check", "install"]
        subprocess.run([*install, "--upgrade", *BUILD, f"{HERE.parent}[dev]"], check=True)
        versions = freeze(python)
    versions.pop("veritype", None)
    pins = {normal(name): f"{name}=={version}" for name, version in versions.items()}
    demo = {normal(name) for name in (*closure("veritype", DEMO_EXTRAS), *BUILD)}
    write("constraints.txt", pins.values())
    write("demo.txt", (pins[name] for name in demo if name in pins))


def normal(name: str) -> str:
    """A distribution's name as PyPI compares it."""
    return name.lower().replace("_", "-")


def write(name: str, lines: Iterable[str]) -> None:
    """Write a list beside this script, sorted."""
    (HERE / name).write_text("\n".join(sorted(lines)) + "\n")


if __name__ == "__main__":
    main()
